using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using FastRun.Engine.Build.Progress;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Output.Builds;

/// <summary>
/// Before somebody's eyes: a line for each step, and below those that run the last lines that they wrote, drawn anew in place ten
/// times a second. Between two drawings the cursor stands below all, so that however it ends, the terminal is as it should be.
/// </summary>
internal sealed class TerminalBuildView : BuildView
{
    private const int Period = 100;
    private const int LeastColumns = 10;
    private const int KeptLines = 200;
    private const int MostShown = 6;
    private const int StackSize = 256 * 1024;

    private readonly OutputWriter _output;
    private readonly int _descriptor;
    private readonly object _gate = new();
    private readonly List<Step> _steps = [];
    private readonly Thread _ticker;
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly List<int> _drawn = [];
    private bool _isStopped;

    internal TerminalBuildView(OutputWriter output, int descriptor)
    {
        (_output, _descriptor) = (output, descriptor);
        _ticker = new Thread(Tick, StackSize) { IsBackground = true, Name = "progress" };
        _ticker.Start();
    }

    public override void Note(string text)
    {
        lock (_gate)
        {
            Erase(Size().Columns);
            _output.WriteLine(TerminalText.Escape(text));
            _output.Flush();
        }
    }

    public override void Failed(string place)
    {
        Stop();
        foreach (Step step in _steps.Where(static step => step.Vertex.Error is not (null or "canceled") && step.Lines.Count > 0))
        {
            _output.WriteLine($"------\n > {TerminalText.Escape(step.Vertex.Name)}:");
            step.Lines.ForEach(line => _output.WriteLine(TerminalText.Escape(line)));
            _output.WriteLine("------");
        }

        WriteWarnings(_output);
        if (place.Length > 0)
        {
            _output.WriteLine(FailedPlace.Escape(place));
        }

        _output.Flush();
    }

    internal override void End()
    {
        Stop();
        WriteWarnings(_output);
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            Monitor.Pulse(_gate);
        }

        _ticker.Join();
        lock (_gate)
        {
            Draw(last: true);
        }
    }

    protected override void OnStarted(BuildVertex vertex)
    {
        lock (_gate)
        {
            _steps.Add(new Step(vertex));
        }
    }

    protected override void OnStatus(BuildVertex vertex, string line)
    {
        lock (_gate)
        {
            if (_steps.Find(each => each.Vertex == vertex) is { } step)
            {
                step.Status = line;
            }
        }
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            Step? step = _steps.Find(each => each.Vertex == vertex);
            foreach (string line in step?.Buffer.Add(text) ?? [])
            {
                step!.Lines.Add($"{Seconds(vertex.Elapsed, "0.000")} {TerminalLine.Plain(line)}");
                if (step.Lines.Count > KeptLines)
                {
                    step.Lines.RemoveAt(0);
                }
            }
        }
    }

    protected override void OnEnded(BuildVertex vertex)
    {
        lock (_gate)
        {
            Step? step = _steps.Find(each => each.Vertex == vertex);
            if (step?.Buffer.Rest() is { } rest)
            {
                step.Lines.Add($"{Seconds(vertex.Elapsed, "0.000")} {TerminalLine.Plain(rest)}");
            }
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            while (!_isStopped)
            {
                Draw(last: false);
                Monitor.Wait(_gate, Period);
            }
        }
    }

    /// <summary>Takes what was drawn away, also where the terminal has become narrower since, and its lines have been broken.</summary>
    private void Erase(int columns)
    {
        if (_drawn.Count > 0)
        {
            int rows = _drawn.Sum(width => Math.Max(1, (width + columns - 1) / columns));
            _output.Write(string.Create(CultureInfo.InvariantCulture, $"\u001b[{rows}A\r\u001b[J"));
            _drawn.Clear();
        }
    }

    private WindowSize Size() => Terminal.TryGetSize(_descriptor, out WindowSize found) && found is { Rows: > 2, Columns: >= LeastColumns }
        ? found
        : new WindowSize(24, 80);

    private void Draw(bool last)
    {
        WindowSize size = Size();
        int done = _steps.Count(static step => step.Vertex.HasEnded);
        TimeSpan elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(_started);
        string header = string.Create(
            CultureInfo.InvariantCulture, $"[+] Building {Seconds(elapsed)}s ({done}/{_steps.Count}){(done == _steps.Count && _isStopped ? " FINISHED" : "")}");
        List<string> lines = BuildTree.Lines(header, _steps.ConvertAll(Shown), last ? int.MaxValue : size.Rows - 1, size.Columns);
        Erase(size.Columns);
        foreach (string line in lines)
        {
            _output.WriteLine(line);
            if (!last)
            {
                _drawn.Add(TerminalLine.Width(line));
            }
        }

        _output.Flush();
    }

    private static BuildTreeStep Shown(Step step)
    {
        string word = step.Vertex switch
        {
            { IsCached: true } => "CACHED ",
            { Error: "canceled" } => "CANCELED ",
            { Error: not null } => "ERROR ",
            _ => "",
        };
        return new BuildTreeStep(
            word + TerminalText.Escape(step.Vertex.Name),
            Seconds(step.Vertex.Elapsed) + "s",
            step.Vertex.HasEnded,
            step.Vertex.HasEnded ? []
                : step.Lines.Count == 0 && step.Status is { } status ? [TerminalText.Escape(status)]
                : [.. step.Lines.TakeLast(MostShown).Select(TerminalText.Escape)]);
    }

    private sealed record Step(BuildVertex Vertex)
    {
        internal LineBuffer Buffer { get; } = new();

        internal List<string> Lines { get; } = [];

        /// <summary>What the build itself said last about it; null for nothing.</summary>
        internal string? Status { get; set; }
    }
}
