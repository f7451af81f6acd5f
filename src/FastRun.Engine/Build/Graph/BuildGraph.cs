using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Graph;

/// <summary>
/// The stages of a Dockerfile and who needs whom. What the target needs is built at once, as far as one does not wait for the
/// other; what it does not need is never built.
/// </summary>
internal sealed class BuildGraph
{
    private readonly BuildSession _session;
    private readonly List<StageNode> _nodes = [];

    /// <summary>Makes the graph.</summary>
    /// <param name="session">The build.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="platform">For what it is built.</param>
    /// <exception cref="EngineException">There is no such target.</exception>
    /// <exception cref="DockerfileException">A global ARG is wrong.</exception>
    internal BuildGraph(BuildSession session, DockerfileDocument document, Platform platform)
    {
        _session = session;
        Platform = platform;
        Document = document;
        BuildStage target = session.Request.Target is { } name
            ? document.StageOf(name, document.Stages.Count)
                ?? throw new EngineException(ErrorKind.NotFound, $"target stage \"{name}\" could not be found{Suggestion.For(name, document.Stages.Select(static stage => stage.Name ?? ""))}")
            : document.Stages[^1];
        Arguments = new BuildArguments(document, session.Request.BuildArguments, platform, session.Request.Target);
        Bases = new BaseImage(session);
        foreach (BuildStage stage in document.Stages)
        {
            _nodes.Add(new StageNode(stage, Build));
        }

        foreach (BuildStage stage in document.Stages)
        {
            CheckSources(stage);
        }

        Target = _nodes[target.Index];
        for (StageNode? node = Target; node is not null; node = BaseOf(node.Stage))
        {
            node.IsInImage = true;
        }
    }

    /// <summary>For what it is built.</summary>
    internal Platform Platform { get; }

    internal DockerfileDocument Document { get; }

    internal BuildArguments Arguments { get; }

    internal BaseImage Bases { get; }

    /// <summary>The stage that becomes the image.</summary>
    internal StageNode Target { get; }

    /// <summary>The earlier stage that a stage is built upon; null where that is an image.</summary>
    internal StageNode? BaseOf(BuildStage stage) =>
        _session.Named.Has(ImageOf(stage)) ? null : NodeOf(ImageOf(stage), stage.Index);

    /// <summary>What a stage's FROM names, with its variables expanded.</summary>
    /// <exception cref="DockerfileException">It cannot be expanded, or is empty.</exception>
    internal string ImageOf(BuildStage stage)
    {
        try
        {
            string image = new Expansion(Arguments.Global, Document.Escape).Word(stage.From.Image);
            return image.Length > 0
                ? image
                : throw new DockerfileException(stage.From.Lines, $"base name ({stage.From.Image}) should not be blank");
        }
        catch (DockerfileException e)
        {
            throw e.At(stage.From.Lines);
        }
    }

    /// <summary>For what a stage is built.</summary>
    /// <exception cref="DockerfileException">It is no platform.</exception>
    internal Platform PlatformOf(BuildStage stage)
    {
        if (stage.From.Platform is not { } written)
        {
            return Platform;
        }

        try
        {
            string text = new Expansion(Arguments.Global, Document.Escape).Word(written);
            return text.Length == 0 ? Platform : Containers.Syntax.PlatformSyntax.Parse(text);
        }
        catch (DockerfileException e)
        {
            throw e.At(stage.From.Lines);
        }
        catch (EngineException e)
        {
            throw new DockerfileException(stage.From.Lines, $"failed to parse platform {written}: {e.Message}");
        }
    }

    /// <summary>The stage before a given one that a name or number means; null where it means none.</summary>
    internal StageNode? NodeOf(string name, int before) =>
        Document.StageOf(name, before) is { } stage ? _nodes[stage.Index] : null;

    /// <summary>What <c>--from</c> or <c>from=</c> names: an earlier stage, or else an image. Waits for it.</summary>
    /// <param name="name">A stage's name or number, or a reference.</param>
    /// <param name="stage">The stage that asks.</param>
    /// <exception cref="EngineException">It cannot be had.</exception>
    internal BuildSource SourceOf(string name, BuildStage stage) =>
        _session.Named.HasFiles(name) ? new BuildSource(null, _session.Named.FilesOf(name))
        : _session.Named.ImageOf(name) is null && NodeOf(name, stage.Index) is { } node ? new BuildSource(node.Wait().State, null)
        : new BuildSource(Open(name), null);

    private BuildState Open(string name) => name.Equals("scratch", StringComparison.OrdinalIgnoreCase)
        ? BaseImage.Scratch(Platform)
        : Bases.Open(_session.Named.ImageOf(name) ?? name, Platform, $"[internal] load {name}");

    /// <summary>No stage takes files of itself, or of one that comes later.</summary>
    private void CheckSources(BuildStage stage)
    {
        foreach (Instruction instruction in stage.Instructions)
        {
            bool copies = instruction is CopyInstruction;
            foreach (string source in SourcesOf(instruction))
            {
                if (_session.Request.BuildContexts.ContainsKey(source) || NodeOf(source, stage.Index) is not null)
                {
                    continue;
                }

                string own = stage.Name ?? string.Create(CultureInfo.InvariantCulture, $"stage-{stage.Index}");
                string? fault = NodeOf(source, int.MaxValue)?.Stage is { } other
                    ? other == stage ? $"circular dependency detected on stage: {own}"
                    : copies ? $"cannot copy from stage {Expansion.Quoted(source)}, it needs to be defined before current stage {Expansion.Quoted(own)}"
                    : $"cannot mount from stage {Expansion.Quoted(source)}, it needs to be defined before current stage {Expansion.Quoted(own)}"
                    : copies && uint.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"invalid stage index {source}" : null;
                if (fault is not null)
                {
                    throw new DockerfileException(instruction.Lines, fault);
                }
            }
        }
    }

    /// <summary>What an instruction takes files of: stages, contexts or images.</summary>
    internal static IReadOnlyList<string> SourcesOf(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [from],
        RunInstruction run => run.MountSources,
        _ => [],
    };

    /// <summary>Begins to build what a stage's instructions will ask for.</summary>
    internal void StartNeeded(BuildStage stage, IReadOnlyList<Instruction> instructions)
    {
        foreach (Instruction instruction in instructions)
        {
            foreach (string source in SourcesOf(instruction))
            {
                if (!_session.Request.BuildContexts.ContainsKey(source))
                {
                    NodeOf(source, stage.Index)?.Start();
                }
            }
        }
    }

    /// <summary>Builds the targets of graphs of one build, all at once, and what they need.</summary>
    /// <returns>What they have become; nothing goes on any more.</returns>
    /// <exception cref="Exception">What failed first.</exception>
    internal static IReadOnlyList<BuildState> Run(BuildSession session, IReadOnlyList<BuildGraph> graphs)
    {
        try
        {
            foreach (BuildGraph graph in graphs)
            {
                graph.Target.Start();
            }

            return [.. graphs.Select(static graph => graph.Target.Wait().State)];
        }
        catch (Exception)
        {
            session.Shared.ThrowFirst();
            throw;
        }
        finally
        {
            foreach (BuildGraph graph in graphs)
            {
                graph._nodes.ForEach(static node => node.Join());
            }
        }
    }

    private StageResult Build(StageNode node)
    {
        try
        {
            return new StageBuild(_session, this, node).Run();
        }
        catch (Exception e)
        {
            _session.Shared.Fail(e);
            _session.Stop.Cancel();
            throw;
        }
    }
}
