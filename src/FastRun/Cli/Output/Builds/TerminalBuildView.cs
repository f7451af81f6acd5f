using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
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
    private const int LeastColumns = 20;
    private const int OutputLines = 6;
    private const int KeptLines = 200;
    private const int StackSize = 256 * 1024;

    private readonly OutputWriter _output;
    private readonly int _descriptor;
    private readonly object _gate = new();
    private readonly List<Step> _steps = [];
    private readonly Thread _ticker;
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();
    private int _drawn;
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
            Erase();
            _output.WriteLine(TerminalText.Escape(text));
            _output.Flush();
        }
    }

    public override void Failed(string place)
    {
        End();
        foreach (Step step in _steps.Where(static step => step.Vertex.Error is not (null or "canceled") && step.Lines.Count > 0))
        {
            _output.WriteLine($"------\n > {TerminalText.Escape(step.Vertex.Name)}:");
            step.Lines.ForEach(line => _output.WriteLine(TerminalText.Escape(line)));
            _output.WriteLine("------");
        }

        if (place.Length > 0)
        {
            _output.WriteLine(FailedPlace.Escape(place));
        }

        _output.Flush();
    }

    internal override void End()
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
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            Step? step = _steps.Find(each => each.Vertex == vertex);
            foreach (string line in step?.Buffer.Add(text) ?? [])
            {
                step!.Lines.Add($"{Seconds(vertex.Elapsed, "0.000")} {line}");
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
                step.Lines.Add($"{Seconds(vertex.Elapsed, "0.000")} {rest}");
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

    private void Erase()
    {
        if (_drawn > 0)
        {
            _output.Write(string.Create(CultureInfo.InvariantCulture, $"\u001b[{_drawn}A\r\u001b[J"));
            _drawn = 0;
        }
    }

    private void Draw(bool last)
    {
        WindowSize size = Terminal.TryGetSize(_descriptor, out WindowSize found) && found is { Rows: > 2, Columns: >= LeastColumns }
            ? found
            : new WindowSize(24, 80);
        List<string> lines = Lines(size.Columns);
        int rows = last ? int.MaxValue : size.Rows - 1;
        Erase();
        StringBuilder text = new();
        foreach (string line in lines.Count > rows ? lines.GetRange(lines.Count - rows, rows) : lines)
        {
            text.Append(line).Append('\n');
        }

        _drawn = last ? 0 : int.Min(lines.Count, rows);
        _output.Write(text.ToString());
        _output.Flush();
    }

    private List<string> Lines(int columns)
    {
        int done = _steps.Count(static step => step.Vertex.HasEnded);
        TimeSpan elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(_started);
        List<string> lines =
            [string.Create(CultureInfo.InvariantCulture, $"[+] Building {Seconds(elapsed)}s ({done}/{_steps.Count}){(done == _steps.Count && _isStopped ? " FINISHED" : "")}")];
        foreach (Step step in _steps)
        {
            string word = step.Vertex switch
            {
                { IsCached: true } => "CACHED ",
                { Error: "canceled" } => "CANCELED ",
                { Error: not null } => "ERROR ",
                _ => "",
            };
            lines.Add(Fit($" => {word}{TerminalText.Escape(step.Vertex.Name)}", Seconds(step.Vertex.Elapsed) + "s", columns));
            if (!step.Vertex.HasEnded)
            {
                foreach (string line in step.Lines.TakeLast(OutputLines))
                {
                    lines.Add(Fit($" => => # {TerminalText.Escape(line)}", "", columns));
                }
            }
        }

        return lines;
    }

    /// <summary>A text at the left and one at the right, in one line of the terminal.</summary>
    private static string Fit(string left, string right, int columns)
    {
        int room = columns - 1 - right.Length - 1;
        string fitted = left.Length > room ? left[..room] : left.PadRight(room);
        return $"{fitted} {right}".TrimEnd();
    }

    private sealed record Step(BuildVertex Vertex)
    {
        internal LineBuffer Buffer { get; } = new();

        internal List<string> Lines { get; } = [];
    }
}
