using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>The exec form: a JSON array of strings.</summary>
internal static class JsonWords
{
    /// <summary>Parses one; null where the text is no JSON array, which makes it a line for the shell, or words.</summary>
    /// <exception cref="DockerfileException">It is an array of other things.</exception>
    internal static IReadOnlyList<string>? TryParse(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("["))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            List<string> list = [];
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                list.Add(item.ValueKind == JsonValueKind.String
                    ? item.GetString()!
                    : throw new DockerfileException(
                        LineRange.None, "when using JSON array syntax, arrays must be comprised of strings only") { IsPlain = true });
            }

            return list;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second one: half of a surrogate pair.
            return null;
        }
    }
}
