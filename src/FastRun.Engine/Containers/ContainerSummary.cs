using System.Collections.Generic;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Containers;

/// <summary>A container of a list.</summary>
/// <param name="Container">The container.</param>
/// <param name="Size">What it occupies, where that was asked for.</param>
public sealed record ContainerSummary(Container Container, ContainerSize? Size)
{
    private readonly ContainerImages _images = null!;

    internal ContainerSummary(Container container, ContainerSize? size, ContainerImages images, IReadOnlyList<PublishedPort> ports)
        : this(container, size) => (_images, Ports) = (images, ports);

    /// <summary>The ports of the host that lead to it.</summary>
    public IReadOnlyList<PublishedPort> Ports { get; } = [];

    /// <summary>Its labels, with its image's below them. The first look at an image reads its config.</summary>
    public IReadOnlyDictionary<string, string> Labels => _images.LabelsOf(Container);
}
