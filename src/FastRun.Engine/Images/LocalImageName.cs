using FastRun.Engine.Errors;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>The name that an image gets which is made here.</summary>
internal static class LocalImageName
{
    /// <summary>Parses one; null for an image without a name.</summary>
    /// <exception cref="EngineException">It is none, or has a digest, which nobody can choose.</exception>
    internal static ImageReference? Parse(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        ImageReference reference = EngineErrors.Translated(() => ImageReference.Parse(name));
        return reference.Digest is null
            ? reference
            : throw EngineException.Invalid($"{name}: refusing to create a tag with a digest reference");
    }
}
