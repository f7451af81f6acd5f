using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The process that holds a container's ports of the host, as its owner sees it: this very program, in a session of its own,
/// with the sockets and one end of a socket pair. When the other end is closed, however its owner dies, it takes the ports out
/// of the firewall, says so by closing its end, and ends.
/// </summary>
internal sealed class PublisherProcess : IDisposable
{
    /// <summary>How long it may take to take the ports back, in milliseconds. A stopped one must not hold up the end for ever.</summary>
    private const int Patience = 10_000;

    private static ChildProcess? s_ending;

    private readonly Fd _control;
    private readonly ChildProcess _process;

    private PublisherProcess(Fd control, ChildProcess process) => (_control, _process) = (control, process);

    /// <summary>Starts one, which then has the sockets of the claims.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="container">The container's id, by which it is known in a list of processes.</param>
    /// <param name="claims">What it holds.</param>
    /// <exception cref="EngineException">It cannot be started.</exception>
    internal static PublisherProcess Start(StateLayout layout, string container, PortClaims claims)
    {
        (Fd own, Fd its) = UnixSocket.Pair();
        using (its)
        {
            List<Fd> kept = [its];
            List<string> command = [PortPublisher.Command, container, its.Number.ToString(CultureInfo.InvariantCulture)];
            foreach (PortClaim claim in claims.All)
            {
                kept.Add(claim.Socket);
                command.Add(PublishedSocket.Text(claim));
            }

            try
            {
                Reap();
                Errno error = DetachedProgram.TryStart(layout, [.. command], kept.ToArray(), out ChildProcess? process);
                return error == Errno.None
                    ? new PublisherProcess(own, process!)
                    : throw new EngineException(
                        ErrorKind.Internal, $"container {container[..12]}: the process that holds its ports cannot be started: {error.Describe()}");
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
    }

    /// <summary>Has the ports taken back, and returns when they are free.</summary>
    /// <returns>False where it was killed before, or does not answer: its elements may still be in the firewall.</returns>
    internal bool Release()
    {
        PortSocket.EndSending(_control);
        using PollSet poll = new();
        poll.Add(_control.Number, PollEvents.Readable);
        Span<byte> answer = stackalloc byte[1];
        return poll.Wait(Patience) && UnixSocket.TryReceive(_control, answer) == 1;
    }

    /// <summary>Lets go of it: it takes the ports back on its own.</summary>
    public void Dispose()
    {
        _control.Dispose();
        Reap();
        s_ending = _process;
    }

    /// <summary>
    /// The one before has long ended when the next one starts, or ends: a container that is started again and again leaves no
    /// zombies. Nobody waits for the last.
    /// </summary>
    private static void Reap()
    {
        using ChildProcess? ended = s_ending;
        s_ending = null;
        ended?.Wait();
    }
}
