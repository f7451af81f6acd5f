using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Documents;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Images;

/// <summary>How a push gets on, in Docker's words.</summary>
internal sealed class PushMessages(ProgressMessages messages) : PushObserver
{
    public override void Begin(ImageReference name, IReadOnlyList<PushProgress> topmostFirst) =>
        messages.Send($"The push refers to repository [{name.Registry}/{name.Repository}]");

    public override void Changed(PushProgress layer) =>
        messages.Send(ProgressMessages.OfLayer(layer.DiffId, PushWords.Of(layer.State, layer.From), []));

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
