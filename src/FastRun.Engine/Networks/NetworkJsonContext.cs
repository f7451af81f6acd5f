using System.Text.Json.Serialization;

namespace FastRun.Engine.Networks;

/// <summary>The JSON form of network records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Network))]
internal sealed partial class NetworkJsonContext : JsonSerializerContext
{
}
