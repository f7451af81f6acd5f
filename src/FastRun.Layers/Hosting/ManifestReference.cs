using System.Diagnostics.CodeAnalysis;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Hosting;

/// <summary>What names a manifest in its repository: a digest, or a tag.</summary>
public readonly record struct ManifestReference
{
    private ManifestReference(string? tag, Digest? digest) => (Tag, Digest) = (tag, digest);

    /// <summary>The tag; null for a digest.</summary>
    public string? Tag { get; }

    /// <summary>The digest; null for a tag.</summary>
    public Digest? Digest { get; }

    /// <summary>Names a manifest by its digest.</summary>
    public static ManifestReference Of(Digest digest) => new(null, digest);

    /// <summary>Names a manifest by a tag that is known to be one.</summary>
    internal static ManifestReference OfTag(string tag) => new(tag, null);

    /// <summary>Takes a text that is a digest or a tag.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ManifestReference reference)
    {
        if (Oci.Digest.TryParse(text, out Digest digest))
        {
            reference = new ManifestReference(null, digest);
            return true;
        }

        bool isTag = text is not null && ReferenceGrammar.IsTag(text);
        reference = isTag ? new ManifestReference(text, null) : default;
        return isTag;
    }

    /// <inheritdoc/>
    public override string ToString() => Tag ?? Digest.ToString()!;
}
