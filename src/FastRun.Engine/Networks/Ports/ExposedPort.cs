using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Networks.Ports;

/// <summary>A port that a container is said to listen at.</summary>
/// <param name="Number">The port.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public readonly record struct ExposedPort(ushort Number, string Protocol)
{
    /// <summary>The ports of an image, of <c>--expose</c> and of <c>-p</c>, as they are written: <c>80/tcp</c>, <c>8000-8010/tcp</c>.</summary>
    internal static SortedSet<string> TextsOf(ContainerCreateRequest request, ContainerConfig? image)
    {
        SortedSet<string> exposed = new(image?.ExposedPorts?.Keys ?? [], StringComparer.Ordinal);
        exposed.UnionWith(request.ExposedPorts);
        foreach (PortBinding binding in request.Ports)
        {
            exposed.Add(string.Create(CultureInfo.InvariantCulture, $"{binding.ContainerPort}/{binding.Protocol}"));
        }

        return exposed;
    }

    /// <summary>Those of a container to which no port of the host leads. What an image writes wrong is none.</summary>
    internal static List<ExposedPort> Unpublished(ContainerCreateRequest request, ContainerConfig? image, IReadOnlyList<PublishedPort> published)
    {
        HashSet<ExposedPort> taken = [];
        foreach (PublishedPort port in published)
        {
            taken.Add(new ExposedPort(port.ContainerPort, port.ProtocolName));
        }

        List<ExposedPort> left = [];
        foreach (string text in TextsOf(request, image))
        {
            if (TryParse(text) is not { } range)
            {
                continue;
            }

            for (int port = range.First; port <= range.Last; port++)
            {
                ExposedPort exposed = new((ushort)port, range.Protocol);
                if (taken.Add(exposed))
                {
                    left.Add(exposed);
                }
            }
        }

        return left;
    }

    private static PortRange? TryParse(string text)
    {
        try
        {
            return PortRange.Parse(text);
        }
        catch (EngineException)
        {
            return null;
        }
    }
}
