using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>
/// Knows who needs an image without holding a lock on it: containers that do not run. Whoever becomes such a user holds the
/// image until that is on record, so an answer that was asked for with the image locked exclusively stays true.
/// </summary>
public interface IImageUsers
{
    /// <summary>Who needs an image: one that runs where there is one; null where nobody does.</summary>
    ImageUser? Find(Digest imageId);

    /// <summary>How many need an image, or may need it, without running.</summary>
    int CountIdle(Digest imageId);

    /// <summary>
    /// Local ids of the layers that are needed beside those of images: what containers had written when they were committed, what
    /// steps of builds have made. Null
    /// where nobody can tell.
    /// </summary>
    IReadOnlyCollection<string>? Layers();
}
