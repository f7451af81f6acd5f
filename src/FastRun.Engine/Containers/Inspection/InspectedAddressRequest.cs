using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>The addresses that a container asked for (Engine API, EndpointIPAMConfig).</summary>
/// <param name="IPv4">In IPv4; null for any.</param>
/// <param name="IPv6">In IPv6; null for any.</param>
/// <param name="LinkLocal">Addresses of its link besides; null for none.</param>
public sealed record InspectedAddressRequest(
    [property: JsonPropertyName("IPv4Address"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IPv4,
    [property: JsonPropertyName("IPv6Address"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IPv6,
    [property: JsonPropertyName("LinkLocalIPs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? LinkLocal);
