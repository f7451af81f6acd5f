using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Reports;
using FastRun.Engine.Supervision;
using FastRun.Layers.Images;
using FastRun.Native.Cgroups;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Launch;

/// <summary>
/// Stands between the caller and a running sandbox in the foreground: passes signals on, keeps the time limit, relays
/// the terminal, and comes back with the exit code. One thread, one poll loop.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    /// <summary>How long a command may take to end after its stop signal, as Docker has it.</summary>
    private const long GraceMilliseconds = 10_000;
    private const long PatienceMilliseconds = 100;
    private const int TimeoutCode = 124;
    private const int SIGHUP = 1;
    private const int SIGINT = 2;
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;
    private const int SIGWINCH = 28;

    private readonly SignalRelay _signals;
    private readonly TerminalSession? _terminal;
    private readonly int _stopSignal;
    private readonly long _deadline;
    private int? _codeWhenKilled;
    private bool _killed;
    private bool _codeReleased;
    private bool _isEnding;
    private long _killAt = long.MaxValue;
    private HealthMonitor? _health;

    /// <summary>Takes over the signals, from before there is a child: whatever comes early is passed on once there is one.</summary>
    internal Supervisor(ContainerCreateRequest request, LaunchRecord? image, TerminalSession? terminal)
    {
        _stopSignal = StopSignal.Of(request, image);
        _terminal = terminal;
        _deadline = request.Timeout is { } timeout ? Now + (long)timeout.TotalMilliseconds : long.MaxValue;
        _signals = SignalRelay.Start(Relayed);
    }

    /// <summary>As the other, of a process in a container that others run.</summary>
    internal Supervisor(TerminalSession? terminal)
    {
        _stopSignal = SIGTERM;
        _terminal = terminal;
        _deadline = long.MaxValue;
        _signals = SignalRelay.Start(Relayed);
    }

    /// <summary>See <see cref="RunOptions.EndsAtSignals"/>.</summary>
    internal bool EndsAtSignals { get; init; }

    /// <summary>Whether the time limit ended the run.</summary>
    internal bool TimedOut { get; private set; }

    /// <summary>What the processes waited for when the time limit was reached.</summary>
    internal IReadOnlyList<ProcessWait> Waiting { get; private set; } = [];

    /// <summary>The signal that ended the first process; 0 where it exited.</summary>
    internal int Signal { get; private set; }

    /// <summary>HUP INT QUIT USR1 USR2 ALRM TERM WINCH PWR.</summary>
    private static ReadOnlySpan<int> Relayed => [1, 2, 3, 10, 12, 14, SIGTERM, SIGWINCH, 30];

    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>Waits for the child and returns the exit code of the run.</summary>
    /// <param name="child">The child.</param>
    /// <param name="cgroup">What ends with it; null where it is a process among others, and no PID 1.</param>
    /// <param name="launch">What else of it is this process's to look after.</param>
    /// <param name="health">What probes it meanwhile.</param>
    internal int Wait(ChildProcess child, Cgroup? cgroup, ContainerLaunch? launch = null, HealthMonitor? health = null)
    {
        _health = health;
        using PollSet poll = new();
        int childEntry = poll.Add(child.PidFd.Number, PollEvents.Readable);
        poll.Add(_signals.Descriptor.Number, PollEvents.Readable);
        _terminal?.Start(poll);
        int lasting = poll.Count;
        do
        {
            poll.Truncate(lasting);
            (int, (int, int)) tended = launch?.Watch(poll) ?? default;
            int probe = _health?.AddTo(poll) ?? -1;
            Wait(poll);
            while (_signals.TryRead(out int signal))
            {
                Handle(signal, child, cgroup);
            }

            _terminal?.Advance();
            KeepTime(child, cgroup);
            if (poll.Ready(childEntry) == PollEvents.None)
            {
                launch?.Tend(poll, tended);
                _health?.Advance(hasEnded: probe >= 0 && poll.Ready(probe) != PollEvents.None);
            }
        }
        while (poll.Ready(childEntry) == PollEvents.None);

        _terminal?.Complete();
        ExitStatus status = child.Wait();
        Signal = status.Exited ? 0 : status.Value;
        _killed = Signal == SIGKILL;
        return TimedOut ? TimeoutCode : _killed && _codeWhenKilled is { } code ? code : status.Code;
    }

    /// <summary>A line on an end that the exit code alone does not explain; empty for any other.</summary>
    internal string Explain(ContainerCreateRequest request, Cgroup cgroup) =>
        TimedOut ? $"fastrun: the sandbox was ended: it ran longer than {request.Timeout}\n"
        : (_killed || request.Limits.MemoryBytes is not null) && cgroup.OomKilled()
            ? "fastrun: the sandbox ran out of memory, and a process of it was killed\n"
        : "";

    /// <inheritdoc/>
    public void Dispose() => _signals.Dispose();

    private void Handle(int signal, ChildProcess child, Cgroup? cgroup)
    {
        if (signal == SIGWINCH)
        {
            _terminal?.CopySize();
            return;
        }

        if (EndsAtSignals && signal is SIGHUP or SIGINT or SIGTERM)
        {
            _killAt = Math.Min(_killAt, _isEnding ? Now : Now + GraceMilliseconds);
            _isEnding = true;
        }

        Deliver(signal, child, cgroup);
    }

    private void Deliver(int signal, ChildProcess child, Cgroup? cgroup)
    {
        if (cgroup is null)
        {
            child.Signal(signal);
        }
        else if (SignalDelivery.Send(child, cgroup, signal))
        {
            _codeWhenKilled = 128 + signal;
        }
    }

    private void KeepTime(ChildProcess child, Cgroup? cgroup)
    {
        if (!TimedOut && Now >= _deadline)
        {
            TimedOut = true;
            Waiting = cgroup is null ? [] : ProcessWaits.Read(cgroup);
            _killAt = Now + GraceMilliseconds;
            Deliver(_stopSignal, child, cgroup);
        }
        else if (Now >= _killAt && cgroup is not null)
        {
            _killAt = long.MaxValue;
            SignalDelivery.Kill(child.PidFd, cgroup);
        }
    }

    /// <summary>Waits for something to happen; after a while of nothing, in less memory.</summary>
    private void Wait(PollSet poll)
    {
        long left = MillisecondsLeft();
        if (_codeReleased || left is >= 0 and <= PatienceMilliseconds)
        {
            poll.Wait(left);
        }
        else if (!poll.Wait(PatienceMilliseconds))
        {
            _codeReleased = true;
            ProcessMemory.ReleaseCode();
        }
    }

    private long MillisecondsLeft()
    {
        long next = Math.Min(TimedOut ? long.MaxValue : _deadline, _killAt);
        long left = next == long.MaxValue ? -1 : Math.Max(next - Now, 0);
        long health = _health?.Patience ?? -1;
        return left < 0 ? health : health < 0 ? left : Math.Min(left, health);
    }
}
