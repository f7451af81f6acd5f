using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Images;

/// <summary>How a push gets on, in Docker's words.</summary>
internal sealed class PushMessages(ProgressMessages messages) : PushObserver
{
    private const int ShortDigest = 12;

    public override void Begin(ImageReference name, IReadOnlyList<PushProgress> topmostFirst) =>
        messages.Send($"The push refers to repository [{name.Registry}/{name.Repository}]");

    public override void Changed(PushProgress layer)
    {
        string status = layer.State switch
        {
            PushState.Pending => "Waiting",
            PushState.Checking => "Preparing",
            PushState.Pushing => "Pushing",
            PushState.Pushed => "Pushed",
            PushState.Exists => "Layer already exists",
            PushState.Mounted => $"Mounted from {layer.From}",
            PushState.Skipped => "Skipped foreign layer",
            _ => "Failed",
        };
        messages.Send(new JsonObject { ["status"] = status, ["progressDetail"] = new JsonObject(), ["id"] = layer.DiffId.Hex[..ShortDigest] });
    }

    public override void Completed(PushedImage image)
    {
        messages.Send(string.Create(CultureInfo.InvariantCulture, $"{image.Reference.Tag}: digest: {image.Digest} size: {image.Size}"));
        messages.Send(new JsonObject
        {
            ["progressDetail"] = new JsonObject(),
            ["aux"] = new JsonObject { ["Tag"] = image.Reference.Tag, ["Digest"] = image.Digest.ToString(), ["Size"] = image.Size },
        });
    }
}
