using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastRun.DockerApi.Containers;

/// <summary>What a client is told of parts of its request that mean less than they say, or will (moby's api/docs/CHANGELOG.md), in Docker's words.</summary>
internal static class CreateWarnings
{
    internal static JsonArray Of(JsonElement body, ApiVersion version)
    {
        JsonArray warnings = [];
        JsonElement host = body.Object("HostConfig");
        if (version >= new ApiVersion(48) && host.Text("VolumeDriver") is not null && HasVolumeWithoutDriver(host))
        {
            warnings.Add((JsonNode)"WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead");
        }

        if (version >= new ApiVersion(44) && body.Text("MacAddress") is not null)
        {
            warnings.Add((JsonNode)"The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.");
        }

        if (version == new ApiVersion(52) && UnboundPorts(host) is { Count: > 0 } ports)
        {
            warnings.Add((JsonNode)$"Following container port(s) have an empty list of port-bindings: {string.Join(", ", ports)}. Starting with API 1.53, such bindings will be discarded.");
        }

        return warnings;
    }

    private static bool HasVolumeWithoutDriver(JsonElement host)
    {
        foreach (JsonElement mount in host.Objects("Mounts"))
        {
            if (mount.Text("Type") == "volume" && mount.Object("VolumeOptions").Object("DriverConfig").Text("Name") is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ports whose bindings are null or none, which means any port of the host.</summary>
    private static List<string> UnboundPorts(JsonElement host)
    {
        List<string> ports = [];
        foreach (JsonProperty port in host.Members("PortBindings"))
        {
            if (port.Value.ValueKind == JsonValueKind.Null || (port.Value.ValueKind == JsonValueKind.Array && port.Value.GetArrayLength() == 0))
            {
                ports.Add(port.Name);
            }
        }

        return ports;
    }
}
