using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Engine.Networks.Cni;

/// <summary>One plugin of a CNI network's list.</summary>
/// <param name="Type">The name of its program.</param>
/// <param name="Configuration">What the list says for it.</param>
/// <param name="Capabilities">What it can be told of a container (<c>portMappings</c>, <c>bandwidth</c>, ...).</param>
internal sealed record CniPlugin(string Type, JsonElement Configuration, IReadOnlySet<string> Capabilities);
