using System;

namespace FastRun.Layers.Images;

/// <summary>The image cannot be changed or removed while a sandbox or container runs from it.</summary>
public sealed class ImageInUseException(string name, string problem = "the image is in use by a running container")
    : Exception($"{name}: {problem}")
{
    /// <summary>What was asked for.</summary>
    public string Name { get; } = name;
}
