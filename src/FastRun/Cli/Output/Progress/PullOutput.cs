using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Documents;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Cli.Output.Progress;

/// <summary>What is seen of a pull. Called from several threads.</summary>
internal sealed class PullOutput(ProgressView view) : LoadObserver
{
    private List<LayerProgress> _layers = [];

    /// <summary>Whether the end adds a line for each layer that tells where its time went.</summary>
    internal bool Timings { get; set; }

    /// <summary>What is said of layers.</summary>
    internal LayerWords Words { get; init; } = LayerWords.Pull;

    public override void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
        List<LayerProgress> distinct = [.. bottomFirst.Distinct()];
        _layers = distinct;
        view.Begin(() => [.. distinct.Select(LineOf)]);
    }

    public override void Changed(LayerProgress layer) => view.Changed(LineOf(layer));

    public override void Waiting() => Message(Words.Waits);

    public override void Found(ImageReference reference, Digest digest) =>
        view.Message("Pulling from " + reference.Repository, reference.Digest?.ToString() ?? reference.Tag);

    public override void Completed(PulledImage image)
    {
        string what = image.IsNew ? "Downloaded newer image" : "Image is up to date";
        view.Stop();
        Message($"Digest: {image.Digest}");
        Message($"Status: {what} for {image.Reference.ToFamiliarString()}");
    }

    public override void End()
    {
        view.Stop();
        if (Timings)
        {
            view.Write(LayerTimings());
        }

        view.ThrowIfFailed();
    }

    /// <summary>Says something about the whole.</summary>
    internal void Message(string status) => view.Message(status);

    private static string IdOf(LayerProgress layer) => layer.Source.Digest.ShortHex;

    /// <summary>The state may change at any time, so it is read once.</summary>
    private ProgressLine LineOf(LayerProgress layer)
    {
        LayerState state = layer.State;
        long bytes = layer.BlobBytes;
        ProgressKind kind = state switch
        {
            LayerState.Waiting => ProgressKind.Waiting,
            LayerState.Unpacking => ProgressKind.Active,
            LayerState.Present or LayerState.Unpacked or LayerState.Failed => ProgressKind.Done,
            _ => ProgressKind.Idle,
        };
        return new ProgressLine(IdOf(layer), Words.Of(state, bytes < layer.Source.Size), kind, bytes, layer.Source.Size, layer.Elapsed);
    }

    private string LayerTimings()
    {
        var text = new StringBuilder();
        foreach (LayerProgress layer in _layers)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{IdOf(layer)}  {layer.Elapsed.TotalMilliseconds,9:F3} ms  {HumanUnits.Size(layer.Source.Size),8}  read {layer.Busy(LayerStage.Read).TotalMilliseconds:F1}, decompress {layer.Busy(LayerStage.Decompress).TotalMilliseconds:F1}, digest {layer.Busy(LayerStage.Digest).TotalMilliseconds:F1}, write {layer.Busy(LayerStage.Write).TotalMilliseconds:F1} ms\n");
        }

        return text.ToString();
    }
}
