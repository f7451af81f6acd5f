using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace FastRun.Layers.Oci;

/// <summary>The image documents that a warm start does not read: configs, and the list in a <c>docker save</c> archive.</summary>
[JsonSourceGenerationOptions(MaxDepth = StrictJson.MaxDepth, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(List<DockerArchiveEntry>))]
internal sealed partial class OciJsonContext : JsonSerializerContext;
