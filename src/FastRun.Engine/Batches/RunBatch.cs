using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Batches;

/// <summary>Runs a command for each line, each in a sandbox of its own, several at once. One thread, one poll loop.</summary>
public sealed class RunBatch
{
    /// <summary>How many may run at once.</summary>
    public const int MostParallel = 1024;

    private const int SIGTERM = 15;

    private readonly StateLayout _layout;
    private readonly BatchRequest _request;
    private readonly BatchLines _lines;
    private readonly int _input;
    private readonly bool _isFile;
    private readonly BatchFiles _files;
    private readonly List<RunningCommand> _running = [];
    private readonly List<BatchResult> _results = [];
    private readonly BatchReport? _report;
    private readonly JUnitReport? _junit;
    private int _signal;
    private bool _isStopped;

    private RunBatch(StateLayout layout, BatchRequest request, Fd input, string subject)
    {
        _layout = layout;
        _request = request;
        _lines = new BatchLines(input, subject);
        _input = input.Number;
        _isFile = FileAt.Stat(input).Type == FileType.Regular;
        _files = new BatchFiles(layout);
        _report = BatchReport.Begin(request);
        _junit = JUnitReport.Begin(request, _files);
    }

    /// <summary>Runs them. When it returns, nothing is left behind; what fails with a command is among the results.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="input">Where the lines come from.</param>
    /// <param name="subject">What that is called in messages.</param>
    /// <param name="options">Who hears of a pull.</param>
    /// <param name="ended">Takes each command once it has ended.</param>
    /// <exception cref="EngineException">The request or a line is wrong, or the image cannot be had.</exception>
    public static BatchOutcome Run(
        StateLayout layout, BatchRequest request, Fd input, string subject, RunOptions options, Action<BatchResult> ended) =>
        EngineErrors.Translated(() =>
        {
            FileCreationMask.Clear();
            Check(request);
            using ImageLease? image = ImageResolution.Resolve(layout, request.Sandbox, options);
            return new RunBatch(layout, request, input, subject).Run(ended);
        });

    private static void Check(BatchRequest request)
    {
        RequestValidation.Check(request.Sandbox);
        if (request.Sandbox.Tty || request.Sandbox.OpenStdin)
        {
            throw EngineException.Invalid("the commands of several lines have no terminal and no standard input");
        }

        if (request.Parallel is < 1 or > MostParallel)
        {
            throw EngineException.Invalid($"invalid number of commands at once: {request.Parallel}: it must be 1 to {MostParallel}");
        }
    }

    private BatchOutcome Run(Action<BatchResult> ended)
    {
        long started = Stopwatch.GetTimestamp();
        using SignalRelay signals = SignalRelay.Start([1, 2, SIGTERM]);
        using Fd shared = _files.Make();

        // It is here by now, and every line is for the same one.
        FileContent.Write(shared, CreateRequestJson.Encode(_request.Sandbox with { PullPolicy = PullPolicy.Missing, Command = null, ReportFile = null }));
        try
        {
            while (StartMore(shared) || _running.Count > 0 || !IsDone)
            {
                Wait(signals, ended);
            }
        }
        finally
        {
            EndAll();
        }

        using JUnitReport? junit = _junit;

        // How many were left out can be told of a file, not of a pipe that goes on.
        while (!_lines.IsRead && _isFile)
        {
            _lines.Read();
        }

        TimeSpan wall = Stopwatch.GetElapsedTime(started);
        List<string> failures = [.. _report?.Write(_lines.Waiting, wall) ?? [], .. junit?.Write(_lines.Waiting, wall) ?? []];
        return new BatchOutcome(_results, _lines.Waiting, _signal, wall, failures);
    }

    private bool IsDone => _isStopped || (_lines.IsRead && _lines.Waiting == 0);

    private bool WantsLines => !_isStopped && !_lines.IsRead && _lines.Waiting == 0 && _running.Count < _request.Parallel;

    /// <returns>Whether any was started.</returns>
    private bool StartMore(Fd shared)
    {
        bool any = false;
        while (!_isStopped && _running.Count < _request.Parallel && _lines.TryTake(out (int Number, string Text) line))
        {
            _running.Add(RunningCommand.Start(_layout, _request, shared, _files, line.Number, line.Text));
            any = true;
        }

        return any;
    }

    private void Wait(SignalRelay signals, Action<BatchResult> ended)
    {
        using PollSet poll = new();
        poll.Add(signals.Descriptor.Number, PollEvents.Readable);
        int lines = WantsLines ? poll.Add(_input, PollEvents.Readable) : -1;
        int first = lines < 0 ? 1 : 2;
        foreach (RunningCommand command in _running)
        {
            poll.Add(command.Process.PidFd.Number, PollEvents.Readable);
        }

        poll.Wait(-1);
        while (signals.TryRead(out int signal))
        {
            Interrupt(signal);
        }

        if (lines >= 0 && poll.Ready(lines) != PollEvents.None)
        {
            _lines.Read();
        }

        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (poll.Ready(first + i) != PollEvents.None)
            {
                RunningCommand command = _running[i];
                _running.RemoveAt(i);
                using (command)
                {
                    End(command, ended);
                }
            }
        }
    }

    private void End(RunningCommand command, Action<BatchResult> ended)
    {
        BatchResult result = command.End();
        _results.Add(result);
        _report?.Add(result, command.ReadReport());
        _junit?.Add(result);
        if (_request.FailFast && !result.Succeeded && !_isStopped)
        {
            _isStopped = true;
        }

        ended(result);
    }

    /// <summary>The first one asks them to end, as it would a command in the foreground; at a second one they kill their commands.</summary>
    private void Interrupt(int signal)
    {
        if (_signal == 0)
        {
            (_signal, _isStopped) = (signal, true);
        }

        SignalAll();
    }

    private void SignalAll() => _running.ForEach(static command => command.Process.Signal(SIGTERM));

    /// <summary>Where something failed: nothing of it goes on.</summary>
    private void EndAll()
    {
        SignalAll();
        foreach (RunningCommand command in _running)
        {
            command.Process.Wait();
            command.Dispose();
        }
    }
}
