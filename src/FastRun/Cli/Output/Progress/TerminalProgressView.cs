using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Documents;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Output.Progress;

/// <summary>
/// Before somebody's eyes: a line for each layer with its state, bytes and rate, drawn anew in place. Between two drawings the
/// cursor stands below the lines, so that however it ends, the terminal is as it should be.
/// </summary>
internal sealed class TerminalProgressView(OutputWriter output, int descriptor) : TickingProgressView(output)
{
    private const int LeastColumns = 20;

    private int _drawn;

    internal override void Message(string status, string? id = null)
    {
        lock (Gate)
        {
            Write(LineOf(status, id));
            _drawn = 0;
        }
    }

    private protected override void Tick(IReadOnlyList<ProgressLine> layers, bool last)
    {
        WindowSize size = Terminal.TryGetSize(descriptor, out WindowSize found) && found is { Rows: > 2, Columns: >= LeastColumns }
            ? found
            : new WindowSize(24, 80);
        lock (Gate)
        {
            List<string> lines = [.. Visible(layers, last ? int.MaxValue : size.Rows - 2)];
            var text = new StringBuilder();
            if (_drawn > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\u001b[{_drawn}A");
            }

            foreach (string line in lines)
            {
                text.Append('\r').Append(line.Length < size.Columns ? line : line[..(size.Columns - 1)]).Append("\u001b[K\n");
            }

            // Fewer lines than before: what stands below them goes.
            text.Append("\u001b[J");
            _drawn = last ? 0 : lines.Count;
            Write(text.ToString());
        }
    }

    /// <summary>All layers, or where the screen is too low for them, those that something happens to.</summary>
    private static IEnumerable<string> Visible(IReadOnlyList<ProgressLine> layers, int rows)
    {
        if (layers.Count <= rows)
        {
            return layers.Select(LineOf);
        }

        int done = layers.Count(static layer => layer.Kind == ProgressKind.Done);
        List<ProgressLine> shown = [.. layers.Where(static layer => layer.Kind != ProgressKind.Done).OrderByDescending(static layer => layer.Kind == ProgressKind.Active).Take(rows - 1)];
        return [.. shown.Select(LineOf), string.Create(CultureInfo.InvariantCulture, $"{layers.Count - shown.Count} more layers, {done} of {layers.Count} complete")];
    }

    private static string LineOf(ProgressLine layer)
    {
        string line = $"{layer.Id}: {layer.Status}";
        if (layer.Kind != ProgressKind.Active)
        {
            return line;
        }

        double seconds = layer.Elapsed.TotalSeconds;
        string rate = seconds > 0.2 ? $"  {HumanUnits.Size((long)(layer.Current / seconds))}/s" : "";
        return $"{line}  {ProgressBar.Amount(layer.Current, layer.Total)}{rate}";
    }
}
