using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.State;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Images;

/// <summary>What <c>--metadata-file</c> gets: a JSON object with the keys that buildx's users look for.</summary>
internal static class BuildMetadata
{
    private sealed record Known(string Id, string Names);

    /// <summary>The document.</summary>
    /// <param name="id">The image; null where only files were built.</param>
    /// <param name="names">What it is called.</param>
    internal static byte[] Of(Digest? id, IReadOnlyList<ImageReference> names) => JsonRecordWriter.Write(
        new Known(id?.ToString() ?? "", string.Join(',', names.Select(static name => name.ToString()))),
        static (json, known) =>
        {
            if (known.Id.Length > 0)
            {
                // As Docker's own store: an image that no registry has seen has its config's digest only.
                json.Text("containerimage.config.digest"u8, known.Id);
                json.Text("containerimage.digest"u8, known.Id);
                json.Text("image.name"u8, known.Names.Length > 0 ? known.Names : null);
            }
        });
}
