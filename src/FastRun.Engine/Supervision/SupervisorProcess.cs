using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

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
        string[] arguments =
        [
            "fastrun", "--data-root", layout.DataRoot, "--run-root", layout.RunRoot, Command, id,
            Text(held.Number), Text(socket.Number), Text((int)streams),
        ];
        string[] environment = Environment.GetEnvironmentVariable("HOME") is { } home ? ["HOME=" + home] : [];
        using Fd nullDevice = FileAt.Open(null, "/dev/null", OpenFlags.ReadWrite);
        using LaunchTape tape = new();
        tape.NewSession();
        tape.ChangeDirectory("/");
        for (int i = 0; i < 3; i++)
        {
            tape.Duplicate(nullDevice, i);
        }

        tape.CloseOnExecFrom(3);
        tape.KeepOnExec(held);
        tape.KeepOnExec(socket);
        tape.ResetSignalActions();
        tape.UnblockSignals();
        Slot executed = tape.NewSlot();
        tape.TryExecute("/proc/self/exe", Vector(tape, arguments), Vector(tape, environment), executed);
        tape.Exit(127);

        // Nobody waits for it: whoever reaps the caller's children reaps it.
        using ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report);
        if (report.Failed || report.Position == tape.Count - 1)
        {
            child.Wait();
            throw new EngineException(ErrorKind.Internal, $"container {id[..12]}: its supervisor cannot be started: {report.Error.Describe()}");
        }
    }

    private static nint Vector(LaunchTape tape, string[] texts)
    {
        Span<nint> vector = tape.PointerArray(texts.Length, out nint address);
        for (int i = 0; i < texts.Length; i++)
        {
            vector[i] = tape.Text(texts[i]);
        }

        return address;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
