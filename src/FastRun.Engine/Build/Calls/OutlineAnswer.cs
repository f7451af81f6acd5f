using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace FastRun.Engine.Build.Calls;

/// <summary>What <c>--call=outline</c> prints: what the target takes (BuildKit, frontend/subrequests/outline).</summary>
internal static class OutlineAnswer
{
    /// <summary>The answer.</summary>
    internal static CallAnswer Of(BuildOutline outline, DockerfileText file)
    {
        string name = outline.Target.Name ?? "";
        string description = TargetsAnswer.DescriptionOf(outline.Target);
        StringBuilder text = new();
        if (name.Length > 0 || description.Length > 0)
        {
            List<string[]> rows = [["TARGET:", name.Length == 0 ? "(default)" : name]];
            if (description.Length > 0)
            {
                rows.Add(["DESCRIPTION:", description]);
            }

            text.Append(Columns.Format(1, rows)).Append('\n');
        }

        Table(text, ["BUILD ARG", "VALUE", "DESCRIPTION"], outline.Arguments, static argument => [argument.Name, argument.Value ?? "", argument.Description]);
        Table(text, ["SECRET", "REQUIRED"], outline.Secrets, Row);
        Table(text, ["SSH", "REQUIRED"], outline.Agents, Row);
        return new CallAnswer(text.ToString(), CallJson.Text(json => Write(json, outline, name, description, file)));
    }

    private static string[] Row(OutlineItem need) => [need.Name, need.IsRequired ? "true" : ""];

    private static void Table(StringBuilder text, string[] head, IReadOnlyList<OutlineItem> items, Func<OutlineItem, string[]> row)
    {
        if (items.Count > 0)
        {
            text.Append(Columns.Format(3, [head, .. items.Select(row)])).Append('\n');
        }
    }

    private static void Write(Utf8JsonWriter json, BuildOutline outline, string name, string description, DockerfileText file)
    {
        CallJson.Property(json, "name", name);
        CallJson.Property(json, "description", description);
        Each(json, "args", outline.Arguments);
        Each(json, "secrets", outline.Secrets);
        Each(json, "ssh", outline.Agents);
        CallJson.Sources(json, file.Content);
    }

    private static void Each(Utf8JsonWriter json, string name, IReadOnlyList<OutlineItem> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (OutlineItem item in items)
        {
            json.WriteStartObject();
            json.WriteString("name", item.Name);
            CallJson.Property(json, "description", item.Description);
            CallJson.Property(json, "value", item.Value);
            if (item.IsRequired)
            {
                json.WriteBoolean("required", true);
            }

            CallJson.Location(json, item.Lines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
