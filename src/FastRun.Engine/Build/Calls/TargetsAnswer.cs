using System.Linq;
using System.Text.Json;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>What <c>--call=targets</c> prints: the stages (BuildKit, frontend/subrequests/targets).</summary>
internal static class TargetsAnswer
{
    /// <summary>The answer.</summary>
    internal static CallAnswer Of(DockerfileDocument document, DockerfileText file)
    {
        int last = document.Stages.Count - 1;
        string text = Columns.Format(
            1,
            [
                ["TARGET", "DESCRIPTION"],
                .. document.Stages.Select(stage => new[]
                {
                    stage.Index < last ? stage.Name ?? "" : stage.Name is null ? "(default)" : stage.Name + " (default)",
                    DescriptionOf(stage),
                }),
            ]);
        return new CallAnswer(text, CallJson.Text(json => Write(json, document, file)));
    }

    /// <summary>What the comments before a stage say about it.</summary>
    internal static string DescriptionOf(BuildStage stage) => Descriptions.Find(stage.From.Source.Comments, stage.Name ?? "");

    private static void Write(Utf8JsonWriter json, DockerfileDocument document, DockerfileText file)
    {
        json.WriteStartArray("targets");
        foreach (BuildStage stage in document.Stages)
        {
            json.WriteStartObject();
            CallJson.Property(json, "name", stage.Name);
            if (stage.Index == document.Stages.Count - 1)
            {
                json.WriteBoolean("default", true);
            }

            CallJson.Property(json, "description", DescriptionOf(stage));
            CallJson.Property(json, "base", stage.From.Image);
            CallJson.Property(json, "platform", stage.From.Platform);
            CallJson.Location(json, stage.From.Lines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CallJson.Sources(json, file.Content);
    }
}
