using System;

namespace FastRun.Layers.Images;

/// <summary>No image has this name, or more than one could be meant. The message is one line.</summary>
public sealed class ImageNotFoundException(string name, string problem) : Exception($"{name}: {problem}")
{
    /// <summary>What was asked for.</summary>
    public string Name { get; } = name;
}
