using System.Collections.Generic;
using FastRun.Engine.Networks;
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

    /// <summary>
    /// What it is said to listen at and nothing of the host leads to, while it runs in a network. The first look at an image reads its
    /// config.
    /// </summary>
    public IReadOnlyList<ExposedPort> UnpublishedPorts =>
        Container.IsRunning && RequestedNetworks.EndpointsOf(Container.Record.Request).Count > 0
            ? ExposedPort.Unpublished(Container.Record.Request, _images.Of(Container)?.Config.Config, Ports)
            : [];

    /// <summary>Its labels, with its image's below them. The first look at an image reads its config.</summary>
    public IReadOnlyDictionary<string, string> Labels => _images.LabelsOf(Container);
}
