using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>One name in the store.</summary>
/// <param name="Reference">A repository with a tag, or with a digest.</param>
/// <param name="Manifest">The manifest or index that it means; null for images that never had one.</param>
/// <param name="Next">The digest in the same repository that it leads through; null where it leads to the record itself.</param>
/// <param name="ImageIdHex">The record it leads to, which may be gone; empty where the way there is broken.</param>
internal sealed record ImageName(ImageReference Reference, Digest? Manifest, Digest? Next, string ImageIdHex)
{
    /// <summary>Whether this is a digest that another name of the repository leads through: that one is shown instead.</summary>
    internal bool IsPassedThroughBy(ImageName other) =>
        Reference.Tag is null && other.Next == Reference.Digest && IsInRepositoryOf(other);

    /// <summary>Whether this is a digest in whose repository another name is a tag: of one image, that one is shown instead.</summary>
    internal bool IsBesideTag(ImageName other) => Reference.Tag is null && other.Reference.Tag is not null && IsInRepositoryOf(other);

    /// <summary>Whether two names belong to one repository.</summary>
    internal bool IsInRepositoryOf(ImageName other) =>
        Reference.Registry == other.Reference.Registry && Reference.Repository == other.Reference.Repository;
}
