using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.State;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Images;

/// <summary>What <c>--metadata-file</c> gets: a JSON object with the keys that buildx's users look for.</summary>
internal static class BuildMetadata
{
    private sealed record Known(string Config, string Digest, string Names);

    /// <summary>The document.</summary>
    /// <param name="built">What was built; null where only files were.</param>
    /// <param name="pushed">The digest of what a registry has of it; null where it was not pushed.</param>
    /// <param name="names">What it is called.</param>
    internal static byte[] Of(BuiltResult? built, Digest? pushed, IReadOnlyList<ImageReference> names) => JsonRecordWriter.Write(
        new Known(
            built is { List: null } ? built.Id.ToString() : "",
            (pushed ?? built?.Id)?.ToString() ?? "",
            string.Join(',', names.Select(static name => name.ToString()))),
        static (json, known) =>
        {
            if (known.Digest.Length > 0)
            {
                // As Docker's own store: an image that no registry has seen has its config's digest only.
                json.Text("containerimage.config.digest"u8, known.Config.Length > 0 ? known.Config : null);
                json.Text("containerimage.digest"u8, known.Digest);
                json.Text("image.name"u8, known.Names.Length > 0 ? known.Names : null);
            }
        });
}
