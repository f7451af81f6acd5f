using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastRun.Engine.Containers.Records;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Supervision;

/// <summary>
/// One probe: this very program as <c>exec CONTAINER COMMAND</c>, so that what joining a container takes is not the supervisor's
/// memory. It ends with the supervisor.
/// </summary>
internal sealed class HealthProbe : IDisposable
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int SIGKILL = 9;

    /// <summary>How much of its output is kept, as in Docker.</summary>
    private const int MostOutput = 4096;

    private readonly ChildProcess _child;
    private readonly Fd _output;
    private readonly TimeSpan _timeout;
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly byte[] _text = new byte[MostOutput];
    private int _length;
    private bool _isCut;
    private bool _isLate;
    private bool _isReaped;
    private bool _isSilent;

    private HealthProbe(ChildProcess child, Fd output, TimeSpan timeout) => (_child, _output, _timeout) = (child, output, timeout);

    /// <summary>Readable once it has ended.</summary>
    internal Fd Process => _child.PidFd;

    /// <summary>Where it writes; null once it has closed that.</summary>
    internal Fd? Output => _isSilent ? null : _output;

    /// <summary>How long it may take still, in milliseconds.</summary>
    internal long MillisecondsLeft => _isLate ? -1 : Math.Max((long)(_timeout - Stopwatch.GetElapsedTime(_startedAt)).TotalMilliseconds + 1, 0);

    /// <summary>Starts one.</summary>
    /// <exception cref="SyscallException">There is no process or descriptor left.</exception>
    internal static HealthProbe Start(StateLayout layout, string id, IReadOnlyList<string> command, TimeSpan timeout)
    {
        string[] arguments = ["fastrun", "--data-root", layout.DataRoot, "--run-root", layout.RunRoot, "exec", id, .. command];
        Pipe.Open(out Fd output, out Fd written, nonBlockingRead: true);
        using (written)
        {
            using Fd nullDevice = FileAt.Open(null, "/dev/null", OpenFlags.ReadWrite);
            using LaunchTape tape = new();
            tape.NewSession();
            tape.Prctl(PR_SET_PDEATHSIG, SIGKILL);
            tape.ChangeDirectory("/");
            tape.Duplicate(nullDevice, 0);
            tape.Duplicate(written, 1);
            tape.Duplicate(written, 2);
            tape.CloseOnExecFrom(3);
            tape.ResetSignalActions();
            tape.UnblockSignals();
            tape.TryExecute("/proc/self/exe", tape.TextArray(arguments), tape.TextArray([]), tape.NewSlot());
            tape.Exit(127);

            // What keeps it from being executed is exit code 127, like a command that there is not.
            return new HealthProbe(ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out _), output, timeout);
        }
    }

    /// <summary>Takes what it has written, and ends it if it takes too long.</summary>
    internal void Advance()
    {
        Span<byte> chunk = stackalloc byte[1024];
        int read;
        while ((read = Pipe.TryRead(_output, chunk)) > 0)
        {
            int take = Math.Min(read, MostOutput - _length);
            chunk[..take].CopyTo(_text.AsSpan(_length));
            _length += take;
            _isCut |= take < read;
        }

        _isSilent |= read is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR);

        if (!_isLate && MillisecondsLeft == 0)
        {
            _isLate = true;
            _child.Signal(SIGKILL);
        }
    }

    /// <summary>What came of it. It has ended.</summary>
    internal HealthProbeResult Complete()
    {
        Advance();
        ExitStatus status = _child.Wait();
        _isReaped = true;
        string output = Encoding.UTF8.GetString(_text.AsSpan(0, _length)) + (_isCut ? "..." : "");
        return _isLate
            ? new HealthProbeResult(_start, DateTimeOffset.UtcNow, -1, $"Health check exceeded timeout ({GoDuration(_timeout)})" + (output.Length > 0 ? ": " + output : ""))
            : new HealthProbeResult(_start, DateTimeOffset.UtcNow, status.Code, output);
    }

    /// <summary>Ends it, if it has not ended, and waits for that.</summary>
    public void Dispose()
    {
        if (!_isReaped)
        {
            _child.Signal(SIGKILL);
            _child.Wait();
        }

        _child.Dispose();
        _output.Dispose();
    }

    private static string GoDuration(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{(time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes}m" : "")}{time.TotalSeconds % 60:0.###}s");
}
