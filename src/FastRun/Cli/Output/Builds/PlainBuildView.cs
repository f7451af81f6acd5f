using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using FastRun.Engine.Build.Progress;

namespace FastRun.Cli.Output.Builds;

/// <summary>In a log: every line with the number of what it belongs to, as BuildKit writes them.</summary>
internal sealed class PlainBuildView(OutputWriter output) : BuildView
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LineBuffer> _lines = [];
    private int _current;

    public override void Note(string text)
    {
        lock (_gate)
        {
            output.WriteLine(TerminalText.Escape(text));
            output.Flush();
        }
    }

    internal override void End()
    {
        lock (_gate)
        {
            WriteWarnings(output);
        }
    }

    public override void Failed(string place)
    {
        lock (_gate)
        {
            WriteWarnings(output);
            if (place.Length > 0)
            {
                output.WriteLine(FailedPlace.Escape(place));
            }

            output.Flush();
        }
    }

    protected override void OnStarted(BuildVertex vertex)
    {
        lock (_gate)
        {
            Line(vertex, TerminalText.Escape(vertex.Name));
            output.Flush();
        }
    }

    protected override void OnStatus(BuildVertex vertex, string line)
    {
        lock (_gate)
        {
            Line(vertex, TerminalText.Escape(line));
            output.Flush();
        }
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(vertex.Number, out LineBuffer? buffer))
            {
                _lines[vertex.Number] = buffer = new LineBuffer();
            }

            foreach (string line in buffer.Add(text))
            {
                Line(vertex, $"{Seconds(vertex.Elapsed, "0.000")} {line}");
            }

            output.Flush();
        }
    }

    protected override void OnEnded(BuildVertex vertex)
    {
        lock (_gate)
        {
            if (_lines.Remove(vertex.Number, out LineBuffer? buffer) && buffer.Rest() is { } rest)
            {
                Line(vertex, $"{Seconds(vertex.Elapsed, "0.000")} {rest}");
            }

            Line(vertex, vertex switch
            {
                { Error: "canceled" } => "CANCELED",
                { Error: { } error } => "ERROR: " + TerminalText.Escape(error),
                { IsCached: true } => "CACHED",
                _ => $"DONE {Seconds(vertex.Elapsed)}s",
            });
            output.Flush();
        }
    }

    private void Line(BuildVertex vertex, string text)
    {
        if (_current != vertex.Number)
        {
            output.Write(_current == 0 ? "" : "\n");
            _current = vertex.Number;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"#{vertex.Number} {text}"));
    }
}
