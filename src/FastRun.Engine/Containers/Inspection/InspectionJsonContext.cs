using System.Text.Json.Serialization;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>The JSON form of what is known of containers: only written, never read.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(InspectedContainer))]
internal sealed partial class InspectionJsonContext : JsonSerializerContext;
