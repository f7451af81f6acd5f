using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Content;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Networks.Ports;

/// <summary>The ports that a container asks for.</summary>
internal static class RequestedPorts
{
    /// <summary>What is to be published: what <c>-p</c> names, and with <c>-P</c> what the image and <c>--expose</c> name besides.</summary>
    /// <exception cref="EngineException">The image's config is damaged.</exception>
    internal static IReadOnlyList<PortBinding> Of(StateLayout layout, ContainerCreateRequest request, LaunchRecord? image)
    {
        if (!request.PublishAllPorts)
        {
            return request.Ports;
        }

        List<PortBinding> bindings = [.. request.Ports];
        List<string> exposed = [.. request.ExposedPorts];
        if (image is not null && new ContentStore(layout).TryRead(image.ImageId) is { } config)
        {
            exposed.AddRange(ImageConfig.Parse(config, image.ImageId.ToString()).Config?.ExposedPorts?.Keys ?? []);
        }

        foreach (string text in exposed)
        {
            PortRange range = PortRange.Parse(text);
            for (int port = range.First; port <= range.Last; port++)
            {
                if (!bindings.Exists(each => each.ContainerPort == port && each.Protocol == range.Protocol))
                {
                    bindings.Add(new PortBinding("", 0, 0, (ushort)port, range.Protocol));
                }
            }
        }

        return bindings;
    }

    /// <summary>Checks what is asked for, in a network mode that is known.</summary>
    /// <exception cref="EngineException">It cannot be.</exception>
    internal static void Check(ContainerCreateRequest request)
    {
        PortSyntax.Check(request.Ports);
        foreach (string exposed in request.ExposedPorts)
        {
            PortSyntax.ParseExposed(exposed);
        }

        bool publishes = request.Ports.Count > 0 || request.PublishAllPorts;
        if (!publishes && request.ExposedPorts.Count == 0)
        {
            return;
        }

        string mode = RequestedNetworks.ModeOf(request);
        if (NetworkMode.SharedContainer(mode) is not null)
        {
            throw EngineException.Invalid(publishes
                ? "conflicting options: port publishing and the container type network mode"
                : "conflicting options: port exposing and the container type network mode");
        }

        foreach (PortBinding port in request.Ports)
        {
            if (port.Protocol == "sctp" && IPAddress.TryParse(port.HostAddress, out IPAddress? address) && IPAddress.IsLoopback(address))
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"port {port.HostAddress}:{port.FirstHostPort}/sctp: SCTP cannot be published on the loopback interface",
                    hint: "the kernel leads it from the host's other addresses only: leave the address out, or name another one");
            }
        }
    }

    /// <summary>What is to be said about a request that is carried out but for its ports, in Docker's words; null for nothing.</summary>
    internal static string? Warning(ContainerCreateRequest request) =>
        RequestedNetworks.ModeOf(request) is var mode and (BuiltInNetworks.Host or BuiltInNetworks.None) && (request.Ports.Count > 0 || request.PublishAllPorts)
            ? $"Published ports are discarded when using {mode} network mode"
            : null;
}
