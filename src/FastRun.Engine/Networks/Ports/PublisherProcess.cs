using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The process that holds a container's ports of the host, as its owner sees it: this very program, in a session of its own,
/// with the sockets and one end of a socket pair. When the other end is closed, however its owner dies, it takes the ports out
/// of the firewall, says so by closing its end, and ends. The owner has the sockets too: where the process is killed, nobody
/// else gets the ports, who comes waits, and another process takes them over.
/// </summary>
internal sealed class PublisherProcess : IDisposable
{
    /// <summary>How long it may take to take the ports back, in milliseconds. A stopped one must not hold up the end for ever.</summary>
    private const int Patience = 10_000;

    /// <summary>So many that each end within so many milliseconds are not followed by another, which would end too.</summary>
    private const int MostShortLives = 5;
    private const int ShortLife = 1_000;

    private static ChildProcess? s_ending;

    private readonly StateLayout _layout;
    private readonly string _container;
    private readonly PortClaims _claims;
    private Fd _control;
    private ChildProcess _process;
    private long _startedAt = Environment.TickCount64;
    private int _shortLives;
    private bool _isGivenUp;

    private PublisherProcess(StateLayout layout, string container, PortClaims claims)
    {
        (_layout, _container, _claims) = (layout, container, claims);
        _process = Launch(out _control);
    }

    /// <summary>A pidfd of it; null where it has ended and is not started again.</summary>
    internal Fd? Process => _isGivenUp ? null : _process.PidFd;

    /// <summary>Starts one.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="container">The container's id, by which it is known in a list of processes.</param>
    /// <param name="claims">What it holds; they are its own from now on.</param>
    /// <exception cref="EngineException">It cannot be started.</exception>
    internal static PublisherProcess Start(StateLayout layout, string container, PortClaims claims) => new(layout, container, claims);

    /// <summary>After it was killed: starts another one with the same sockets.</summary>
    internal void Restart()
    {
        _process.Wait();
        _process.Dispose();
        _control.Dispose();
        _shortLives = Environment.TickCount64 - _startedAt < ShortLife ? _shortLives + 1 : 0;
        _isGivenUp = _shortLives == MostShortLives;
        if (_isGivenUp)
        {
            return;
        }

        try
        {
            _startedAt = Environment.TickCount64;
            _process = Launch(out _control);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // What the kernel leads goes on without it.
            _isGivenUp = true;
        }
    }

    /// <summary>Has the ports taken out of the firewall, and returns when they are.</summary>
    /// <param name="isClean">False where it was killed before, or does not answer: its elements may still be in the firewall.</param>
    /// <returns>The claims, which are the caller's: once they are disposed of, the ports are free.</returns>
    internal PortClaims End(out bool isClean)
    {
        isClean = false;
        if (!_isGivenUp)
        {
            PortSocket.EndSending(_control);
            using PollSet poll = new();
            poll.Add(_control.Number, PollEvents.Readable);
            Span<byte> answer = stackalloc byte[1];
            isClean = poll.Wait(Patience) && UnixSocket.TryReceive(_control, answer) == 1;
        }

        Dispose();
        return _claims;
    }

    /// <summary>Lets go of it: it takes the ports out of the firewall on its own.</summary>
    public void Dispose()
    {
        if (_isGivenUp)
        {
            return;
        }

        _isGivenUp = true;
        _control.Dispose();
        Reap();
        s_ending = _process;
    }

    private ChildProcess Launch(out Fd control)
    {
        (Fd own, Fd its) = UnixSocket.Pair();
        using (its)
        {
            List<Fd> kept = [its];
            List<string> command = [PortPublisher.Command, _container, its.Number.ToString(CultureInfo.InvariantCulture)];
            foreach (PortClaim claim in _claims.All)
            {
                kept.Add(claim.Socket);
                command.Add(PublishedSocket.Text(claim));
            }

            try
            {
                Reap();
                Errno error = DetachedProgram.TryStart(_layout, [.. command], kept.ToArray(), out ChildProcess? process);
                control = own;
                return error == Errno.None ? process! : throw new EngineException(
                    ErrorKind.Internal, $"container {ShortId.Of(_container)}: the process that holds its ports cannot be started: {error.Describe()}");
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
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
