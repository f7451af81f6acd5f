using System.Collections.Generic;
using FastRun.Engine.Containers;
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

        if (publishes && !NetworkMode.IsBridge(mode))
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"conflicting options: port publishing and the network {mode}",
                hint: mode == BuiltInNetworks.Host ? "in the host's network every port is the host's already" : "use --network bridge");
        }
    }
}
