using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;

namespace FastRun.Engine.Build.Checks;

/// <summary>Which stages a target needs, and which a stage goes on from; nothing of it is built.</summary>
/// <param name="document">The Dockerfile.</param>
/// <param name="arguments">Its global arguments.</param>
internal sealed class NeededStages(DockerfileDocument document, BuildArguments arguments)
{
    /// <summary>The stage that a stage goes on from; null for one that begins with an image.</summary>
    internal BuildStage? BaseOf(BuildStage stage) =>
        Expand(stage.From.Image) is { } name ? document.StageOf(name, stage.Index) : null;

    /// <summary>The stages that a stage takes files of.</summary>
    private List<BuildStage> SourcesOf(BuildStage stage)
    {
        List<BuildStage> sources = [];
        foreach (Instruction instruction in stage.Instructions)
        {
            foreach (string name in BuildGraph.SourcesOf(instruction))
            {
                if (document.StageOf(name, stage.Index) is { } source)
                {
                    sources.Add(source);
                }
            }
        }

        return sources;
    }

    /// <summary>A stage and all that it needs.</summary>
    internal HashSet<BuildStage> Of(BuildStage target)
    {
        HashSet<BuildStage> needed = new(ReferenceEqualityComparer.Instance);
        Stack<BuildStage> left = new([target]);
        while (left.TryPop(out BuildStage? stage))
        {
            if (needed.Add(stage))
            {
                foreach (BuildStage source in SourcesOf(stage))
                {
                    left.Push(source);
                }

                if (BaseOf(stage) is { } before)
                {
                    left.Push(before);
                }
            }
        }

        return needed;
    }

    private string? Expand(string text)
    {
        try
        {
            return new Expansion(arguments.Global, document.Escape).Word(text);
        }
        catch (DockerfileException)
        {
            // The build says it.
            return null;
        }
    }
}
