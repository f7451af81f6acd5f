using FastRun.Layers.Pipeline;

namespace FastRun.Cli.Output.Progress;

/// <summary>A pull in a log: a line when a layer is done.</summary>
internal sealed class PlainPullOutput(OutputWriter output) : PullOutput(output)
{
    public override void Changed(LayerProgress layer)
    {
        LayerState state = layer.State;
        if (IsDone(state) || state == LayerState.Waiting)
        {
            Message(StatusOf(state, layer), IdOf(layer));
        }
    }

    internal override void Message(string status, string? id = null) =>
        Write((id is null ? "" : TerminalText.Escape(id) + ": ") + TerminalText.Escape(status) + "\n");
}
