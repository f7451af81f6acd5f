using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Threading;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Images;

/// <summary>How a pull gets on, in Docker's words.</summary>
internal sealed class PullMessages : LoadObserver, IDisposable
{
    private const int ShortDigest = 12;
    private const int Period = 200;

    private readonly ProgressMessages _messages;
    private readonly Timer _ticks;
    private IReadOnlyList<LayerProgress> _layers = [];

    internal PullMessages(ProgressMessages messages, CancellationToken cancellation)
    {
        _messages = messages;
        Cancellation = cancellation;
        _ticks = new Timer(Tick);
    }

    public override void Found(ImageReference reference, Digest digest) =>
        _messages.Send("Pulling from " + reference.Repository, reference.Digest?.ToString() ?? reference.Tag);

    public override void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
        _layers = bottomFirst;
        _ticks.Change(Period, Period);
    }

    public override void Changed(LayerProgress layer) => _messages.Send(Message(layer));

    public override void Completed(PulledImage image)
    {
        _messages.Send($"Digest: {image.Digest}");
        _messages.Send($"Status: {(image.IsNew ? "Downloaded newer image" : "Image is up to date")} for {image.Reference.ToFamiliarString()}");
    }

    public override void End() => Dispose();

    public void Dispose() => _ticks.Dispose();

    private void Tick(object? state)
    {
        foreach (LayerProgress layer in _layers)
        {
            if (layer.State == LayerState.Unpacking)
            {
                _messages.Send(Message(layer));
            }
        }
    }

    private static JsonObject Message(LayerProgress layer)
    {
        JsonObject detail = [];
        if (layer.State == LayerState.Unpacking)
        {
            detail["current"] = layer.BlobBytes;
            detail["total"] = layer.Source.Size;
        }

        string status = layer.State switch
        {
            LayerState.Pending => "Pulling fs layer",
            LayerState.Waiting => "Waiting",
            LayerState.Present => "Already exists",
            LayerState.Unpacking => layer.BlobBytes < layer.Source.Size ? "Downloading" : "Extracting",
            LayerState.Unpacked => "Pull complete",
            _ => "Failed",
        };
        return new JsonObject { ["status"] = status, ["progressDetail"] = detail, ["id"] = layer.Source.Digest.Hex[..ShortDigest] };
    }
}
