using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.Layers.Pipeline;

namespace FastRun.Cli.Output.Progress;

/// <summary>
/// A pull as Docker's Engine API tells it (ImageCreate): one JSON object a line with status, id, progress and progressDetail.
/// </summary>
internal sealed class JsonPullOutput(OutputWriter output) : TickingPullOutput(output)
{
    private readonly Dictionary<LayerProgress, (LayerState State, long Bytes)> _told = [];

    internal override void Message(string status, string? id = null)
    {
        var message = new JsonObject { ["status"] = status };
        if (id is not null)
        {
            message["id"] = id;
        }

        Write(message.ToJsonString() + "\n");
    }

    private protected override void Tick(bool last)
    {
        var text = new StringBuilder();
        foreach (LayerProgress layer in Layers)
        {
            (LayerState State, long Bytes) now = (layer.State, layer.BlobBytes);
            if (!_told.TryGetValue(layer, out (LayerState State, long Bytes) before) || before != now)
            {
                _told[layer] = now;
                text.Append(Of(layer, now.State, now.Bytes).ToJsonString()).Append('\n');
            }
        }

        if (text.Length > 0)
        {
            Write(text.ToString());
        }
    }

    private static JsonObject Of(LayerProgress layer, LayerState state, long bytes)
    {
        var detail = new JsonObject();
        var message = new JsonObject { ["status"] = StatusOf(state, layer), ["progressDetail"] = detail };
        if (state == LayerState.Unpacking)
        {
            detail["current"] = bytes;
            detail["total"] = layer.Source.Size;
            message["progress"] = ProgressBar.Of(bytes, layer.Source.Size);
        }

        message["id"] = IdOf(layer);
        return message;
    }
}
