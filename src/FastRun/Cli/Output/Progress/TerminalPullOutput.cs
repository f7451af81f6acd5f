using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Layers.Pipeline;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Output.Progress;

/// <summary>
/// A pull before somebody's eyes: a line for each layer with its state, bytes and rate, drawn anew in place. Between two
/// drawings the cursor stands below the lines, so that however the pull ends, the terminal is as it should be.
/// </summary>
internal sealed class TerminalPullOutput(OutputWriter output, int descriptor) : TickingPullOutput(output)
{
    private const int LeastColumns = 20;

    private int _drawn;

    internal override void Message(string status, string? id = null)
    {
        lock (Gate)
        {
            Write((id is null ? "" : TerminalText.Escape(id) + ": ") + TerminalText.Escape(status) + "\n");
            _drawn = 0;
        }
    }

    private protected override void Tick(bool last)
    {
        WindowSize size = Terminal.TryGetSize(descriptor, out WindowSize found) && found is { Rows: > 2, Columns: >= LeastColumns }
            ? found
            : new WindowSize(24, 80);
        lock (Gate)
        {
            List<string> lines = [.. Visible(last ? int.MaxValue : size.Rows - 2)];
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
    private IEnumerable<string> Visible(int rows)
    {
        if (Layers.Count <= rows)
        {
            return Layers.Select(LineOf);
        }

        int done = Layers.Count(layer => IsDone(layer.State));
        List<LayerProgress> shown = [.. Layers.Where(layer => !IsDone(layer.State)).OrderByDescending(layer => layer.State == LayerState.Unpacking).Take(rows - 1)];
        return [.. shown.Select(LineOf), string.Create(CultureInfo.InvariantCulture, $"{Layers.Count - shown.Count} more layers, {done} of {Layers.Count} complete")];
    }

    private static string LineOf(LayerProgress layer)
    {
        LayerState state = layer.State;
        string line = $"{IdOf(layer)}: {StatusOf(state, layer)}";
        if (state != LayerState.Unpacking)
        {
            return line;
        }

        double seconds = layer.Elapsed.TotalSeconds;
        string rate = seconds > 0.2 ? $"  {HumanUnits.Size((long)(layer.BlobBytes / seconds))}/s" : "";
        return $"{line}  {ProgressBar.Amount(layer.BlobBytes, layer.Source.Size)}{rate}";
    }
}
