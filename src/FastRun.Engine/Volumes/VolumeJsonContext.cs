using System.Text.Json.Serialization;

namespace FastRun.Engine.Volumes;

/// <summary>The JSON form of volume records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VolumeRecord))]
internal sealed partial class VolumeJsonContext : JsonSerializerContext
{
}
