using System.Collections.Generic;
using System.Net;

namespace FastRun.Engine.Networks.Links;

/// <summary>A container that another one on the default bridge is linked to, as it is now.</summary>
/// <param name="Alias">What it is called there.</param>
/// <param name="Address">Its address.</param>
/// <param name="Names">What leads to it in /etc/hosts.</param>
/// <param name="Ports">Its exposed ports, <c>5432/tcp</c>.</param>
/// <param name="Environment">Its own variables, <c>NAME=value</c>.</param>
internal sealed record ContainerLink(
    string Alias, IPAddress Address, IReadOnlyList<string> Names, IReadOnlyList<string> Ports, IReadOnlyList<string> Environment)
{
    /// <summary>The container's id.</summary>
    internal string ContainerId { get; init; } = "";

    /// <summary>Its line in /etc/hosts.</summary>
    internal string HostsLine => $"{Address}\t{string.Join(' ', Names)}";
}
