using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Progress;

/// <summary>
/// As Docker's Engine API tells it (ImageCreate, ImagePush): one JSON object a line with status, id, progress and progressDetail.
/// </summary>
internal sealed class JsonProgressView(OutputWriter output) : TickingProgressView(output)
{
    private readonly Dictionary<string, (string Status, long Bytes)> _told = [];

    internal override void Message(string status, string? id = null)
    {
        var message = new JsonObject { ["status"] = status };
        if (id is not null)
        {
            message["id"] = id;
        }

        Write(message.ToJsonString() + "\n");
    }

    private protected override void Tick(IReadOnlyList<ProgressLine> layers, bool last)
    {
        var text = new StringBuilder();
        foreach (ProgressLine layer in layers)
        {
            (string Status, long Bytes) now = (layer.Status, layer.Current);
            if (!_told.TryGetValue(layer.Id, out (string Status, long Bytes) before) || before != now)
            {
                _told[layer.Id] = now;
                text.Append(Of(layer).ToJsonString()).Append('\n');
            }
        }

        if (text.Length > 0)
        {
            Write(text.ToString());
        }
    }

    private static JsonObject Of(ProgressLine layer)
    {
        var detail = new JsonObject();
        var message = new JsonObject { ["status"] = layer.Status, ["progressDetail"] = detail };
        if (layer.Kind == ProgressKind.Active)
        {
            detail["current"] = layer.Current;
            detail["total"] = layer.Total;
            message["progress"] = ProgressBar.Of(layer.Current, layer.Total);
        }

        message["id"] = layer.Id;
        return message;
    }
}
