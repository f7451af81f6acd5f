using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Cli.Output.Progress;

/// <summary>What is seen of a pull; by itself nothing, which is what <c>--quiet</c> wants. Called from several threads.</summary>
internal class PullOutput(OutputWriter output) : LoadObserver
{
    private const int ShortDigest = 12;

    private OutputException? _failure;

    /// <summary>Whether the end adds a line for each layer that tells where its time went.</summary>
    internal bool Timings { get; set; }

    /// <summary>One at a time draws and writes.</summary>
    private protected Lock Gate { get; } = new();

    /// <summary>The layers, each once, the lowest first.</summary>
    private protected IReadOnlyList<LayerProgress> Layers { get; private set; } = [];

    public override void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
        var distinct = new List<LayerProgress>();
        foreach (LayerProgress layer in bottomFirst)
        {
            if (!distinct.Contains(layer))
            {
                distinct.Add(layer);
            }
        }

        lock (Gate)
        {
            Layers = distinct;
        }
    }

    public override void Waiting() => Message("Waiting for another fastrun");

    public override void Found(ImageReference reference, Digest digest) =>
        Message("Pulling from " + reference.Repository, reference.Digest?.ToString() ?? reference.Tag);

    public override void Completed(PulledImage image)
    {
        string what = image.IsNew ? "Downloaded newer image" : "Image is up to date";
        Message($"Digest: {image.Digest}");
        Message($"Status: {what} for {image.Reference.ToFamiliarString()}");
    }

    public override void End()
    {
        if (Timings)
        {
            Write(LayerTimings());
        }

        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>Says something about the whole, or about the tag or layer with an id.</summary>
    internal virtual void Message(string status, string? id = null)
    {
    }

    /// <summary>What lines and messages call a layer.</summary>
    private protected static string IdOf(LayerProgress layer) => layer.Source.Digest.Hex[..ShortDigest];

    /// <summary>The words for a layer's state, Docker's where it has them. The state may change at any time, so it is read once.</summary>
    private protected static string StatusOf(LayerState state, LayerProgress layer) => state switch
    {
        LayerState.Pending => "Pulling fs layer",
        LayerState.Waiting => "Waiting for another fastrun",
        LayerState.Present => "Already exists",
        LayerState.Unpacking => layer.BlobBytes < layer.Source.Size ? "Downloading" : "Extracting",
        LayerState.Unpacked => "Pull complete",
        _ => "Failed",
    };

    /// <summary>Whether nothing more happens to a layer.</summary>
    private protected static bool IsDone(LayerState state) =>
        state is LayerState.Present or LayerState.Unpacked or LayerState.Failed;

    /// <summary>Writes at once. Where nobody reads any more, the pull goes on, and its end tells.</summary>
    private protected void Write(string text)
    {
        lock (Gate)
        {
            if (_failure is not null)
            {
                return;
            }

            try
            {
                output.Write(text);
                output.Flush();
            }
            catch (OutputException e)
            {
                _failure = e;
            }
        }
    }

    private string LayerTimings()
    {
        var text = new StringBuilder();
        foreach (LayerProgress layer in Layers)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{IdOf(layer)}  {layer.Elapsed.TotalMilliseconds,9:F3} ms  {HumanUnits.Size(layer.Source.Size),8}  read {layer.Busy(LayerStage.Read).TotalMilliseconds:F1}, decompress {layer.Busy(LayerStage.Decompress).TotalMilliseconds:F1}, digest {layer.Busy(LayerStage.Digest).TotalMilliseconds:F1}, write {layer.Busy(LayerStage.Write).TotalMilliseconds:F1} ms\n");
        }

        return text.ToString();
    }
}
