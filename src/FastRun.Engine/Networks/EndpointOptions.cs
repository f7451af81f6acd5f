using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Networks;

/// <summary>The options of a container's end in a network, in Docker's spelling (<c>--network name=NAME,driver-opt=KEY=VALUE</c>).</summary>
internal sealed record EndpointOptions
{
    private const string InterfaceName = "com.docker.network.endpoint.ifname";

    /// <summary>The name of the interface in the container; null for the next number.</summary>
    internal string? Interface { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="EngineException">There is no such option, or it cannot have that value.</exception>
    internal static EndpointOptions Parse(IReadOnlyDictionary<string, string> options)
    {
        EndpointOptions parsed = new();
        foreach ((string key, string value) in options)
        {
            parsed = key switch
            {
                InterfaceName when BridgeDriverOptions.IsInterfaceName(value) => parsed with { Interface = value },
                InterfaceName => throw EngineException.Invalid($"invalid interface name '{value}'"),
                _ => throw EngineException.Invalid($"invalid option \"{key}\": a container's end in a network has no such option"),
            };
        }

        return parsed;
    }
}
