using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Documents;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.References;

namespace FastRun.Cli.Output.Progress;

/// <summary>What is seen of a push, in Docker's words. Called from several threads.</summary>
internal sealed class PushOutput(ProgressView view) : PushObserver
{
    private string? _repository;

    public override void Begin(ImageReference name, IReadOnlyList<PushProgress> topmostFirst)
    {
        string repository = $"{name.Registry}/{name.Repository}";
        if (repository != _repository)
        {
            _repository = repository;
            view.Message($"The push refers to repository [{repository}]");
        }

        view.Begin(() => [.. topmostFirst.Select(LineOf)]);
    }

    public override void Changed(PushProgress layer) => view.Changed(LineOf(layer));

    public override void Completed(PushedImage image)
    {
        view.Stop();
        if (image.Replaced is { } before)
        {
            view.Message($"the manifest's digest has changed, since layers were compressed here: {before} -> {image.Digest}", image.Reference.Tag);
        }

        if (image.LeftIndex is { } index)
        {
            view.Message($"only the image for this platform was pushed, not the index that it came by: {index} -> {image.Digest}", image.Reference.Tag);
        }

        view.Message(string.Create(CultureInfo.InvariantCulture, $"digest: {image.Digest} size: {image.Size}"), image.Reference.Tag);
    }

    public override void End()
    {
        view.Stop();
        view.ThrowIfFailed();
    }

    /// <summary>Says something about the whole.</summary>
    internal void Message(string status) => view.Message(status);

    /// <summary>The state may change at any time, so it is read once.</summary>
    private static ProgressLine LineOf(PushProgress layer)
    {
        PushState state = layer.State;
        ProgressKind kind = state switch
        {
            PushState.Pending or PushState.Checking => ProgressKind.Idle,
            PushState.Pushing => ProgressKind.Active,
            _ => ProgressKind.Done,
        };
        return new ProgressLine(layer.DiffId.ShortHex, PushWords.Of(state, layer.From), kind, layer.Done, layer.Total, layer.Elapsed);
    }
}
