using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;

namespace FastRun.Engine.Supervision;

/// <summary>
/// Starts a supervisor: this very program, in a session of its own, with nothing of the caller's but the container's lock and
/// one end of a socket. It outlives the caller.
/// </summary>
internal static class SupervisorProcess
{
    /// <summary>The command by which the program knows that it is a supervisor. No user types it.</summary>
    internal const string Command = "supervise";

    /// <summary>Starts one.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="id">The container.</param>
    /// <param name="held">The container's lock.</param>
    /// <param name="socket">Its end of the connection to the caller, who is its first client.</param>
    /// <param name="streams">What the caller is connected to.</param>
    /// <exception cref="EngineException">It cannot be started.</exception>
    internal static void Start(StateLayout layout, string id, Fd held, Fd socket, AttachStreams streams)
    {
        Errno error = DetachedProgram.TryStartApart(
            layout, [Command, id, Text(held.Number), Text(socket.Number), Text((int)streams)], capabilities: null, held, socket);
        if (error != Errno.None)
        {
            throw new EngineException(ErrorKind.Internal, $"container {ShortId.Of(id)}: its supervisor cannot be started: {error.Describe()}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
