using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Threading;
using FastRun.Documents;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Images;

/// <summary>How a pull gets on, in Docker's words.</summary>
internal sealed class PullMessages : LoadObserver, IDisposable
{
    private const int Period = 200;

    private static readonly LayerWords s_words = LayerWords.Pull with { Waits = "Waiting" };

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

    /// <summary>The state may change at any time, so it is read once.</summary>
    private static JsonObject Message(LayerProgress layer)
    {
        LayerState state = layer.State;
        long bytes = layer.BlobBytes;
        JsonObject detail = [];
        if (state == LayerState.Unpacking)
        {
            detail["current"] = bytes;
            detail["total"] = layer.Source.Size;
        }

        return ProgressMessages.OfLayer(layer.Source.Digest, s_words.Of(state, bytes < layer.Source.Size), detail);
    }
}
