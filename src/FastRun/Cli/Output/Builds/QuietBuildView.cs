using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Engine.Build.Progress;

namespace FastRun.Cli.Output.Builds;

/// <summary>Says nothing unless the build fails: then what the step that failed wrote at last, and its place.</summary>
internal sealed class QuietBuildView(OutputWriter output) : BuildView
{
    private const int MostLines = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (LineBuffer Buffer, Queue<string> Lines)> _written = [];

    public override void Note(string text)
    {
    }

    public override void Failed(string place)
    {
        lock (_gate)
        {
            if (place.Length > 0)
            {
                output.WriteLine(FailedPlace.Escape(place));
            }

            output.Flush();
        }
    }

    protected override void OnStarted(BuildVertex vertex)
    {
    }

    protected override void OnStatus(BuildVertex vertex, string line)
    {
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            if (!_written.TryGetValue(vertex.Number, out (LineBuffer Buffer, Queue<string> Lines) written))
            {
                _written[vertex.Number] = written = (new LineBuffer(), []);
            }

            foreach (string line in written.Buffer.Add(text))
            {
                written.Lines.Enqueue($"{Seconds(vertex.Elapsed, "0.000")} {line}");
                if (written.Lines.Count > MostLines)
                {
                    written.Lines.Dequeue();
                }
            }
        }
    }

    protected override void OnEnded(BuildVertex vertex)
    {
        lock (_gate)
        {
            if (!_written.Remove(vertex.Number, out (LineBuffer Buffer, Queue<string> Lines) written) || vertex.Error is null or "canceled")
            {
                return;
            }

            output.WriteLine("------");
            output.WriteLine($" > {TerminalText.Escape(vertex.Name)}:");
            foreach (string line in written.Lines)
            {
                output.WriteLine(line);
            }

            if (written.Buffer.Rest() is { } rest)
            {
                output.WriteLine($"{Seconds(vertex.Elapsed, "0.000")} {rest}");
            }

            output.WriteLine("------");
        }
    }
}
