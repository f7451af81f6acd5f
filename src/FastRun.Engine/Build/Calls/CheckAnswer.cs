using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>What <c>--check</c> prints (BuildKit, frontend/subrequests/lint).</summary>
internal static class CheckAnswer
{
    /// <summary>The answer.</summary>
    /// <param name="found">The warnings.</param>
    /// <param name="file">The Dockerfile.</param>
    /// <param name="fault">Why a build would fail; null where it would not.</param>
    internal static CallAnswer Of(IReadOnlyList<CheckWarning> found, DockerfileText file, string? fault)
    {
        List<CheckWarning> warnings = [.. found.OrderBy(static warning => warning.FirstLine)];
        StringBuilder text = new();
        foreach (CheckWarning warning in warnings)
        {
            text.Append('\n').Append(warning.Render(file.Name, file.Lines)).Append('\n');
        }

        return new CallAnswer(text.ToString(), CallJson.Text(json => Write(json, found, file, fault)))
        {
            Head = warnings.Count == 0
                ? fault is null ? "Check complete, no warnings found.\n" : ""
                : string.Create(CultureInfo.InvariantCulture, $"Check complete, {warnings.Count} {(warnings.Count == 1 ? "warning has" : "warnings have")} been found!\n"),
            Status = warnings.Count > 0 || fault is not null ? 1 : 0,
            Fault = fault,
        };
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<CheckWarning> warnings, DockerfileText file, string? fault)
    {
        json.WriteStartArray("warnings");
        foreach (CheckWarning warning in warnings)
        {
            json.WriteStartObject();
            json.WriteString("ruleName", warning.Rule);
            json.WriteString("description", warning.Description);
            json.WriteString("url", warning.Url);
            json.WriteString("detail", warning.Message);
            CallJson.Location(json, warning.Lines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sources");
        json.WriteStartObject();
        json.WriteString("filename", file.Name);
        json.WriteBase64String("data", file.Content.Span);
        json.WriteString("language", "Dockerfile");
        json.WriteEndObject();
        json.WriteEndArray();
        if (fault is not null)
        {
            json.WriteStartObject("buildError");
            json.WriteString("message", fault);
            CallJson.Location(json, LineRange.None);
            json.WriteEndObject();
        }
    }
}
