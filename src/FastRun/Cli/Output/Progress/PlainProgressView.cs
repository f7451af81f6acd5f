namespace FastRun.Cli.Output.Progress;

/// <summary>In a log: a line when a layer is done.</summary>
internal sealed class PlainProgressView(OutputWriter output) : ProgressView(output)
{
    internal override void Changed(ProgressLine layer)
    {
        if (layer.Kind is ProgressKind.Done or ProgressKind.Waiting)
        {
            Message(layer.Status, layer.Id);
        }
    }

    internal override void Message(string status, string? id = null) => Write(LineOf(status, id));
}
