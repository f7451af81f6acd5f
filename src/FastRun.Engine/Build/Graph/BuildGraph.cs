using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
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
    private readonly ConcurrentDictionary<string, Lazy<BuildState>> _images = new(StringComparer.Ordinal);
    private Exception? _first;

    /// <summary>Makes the graph.</summary>
    /// <param name="session">The build.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <exception cref="EngineException">There is no such target.</exception>
    /// <exception cref="DockerfileException">A global ARG is wrong.</exception>
    internal BuildGraph(BuildSession session, DockerfileDocument document)
    {
        _session = session;
        Document = document;
        BuildStage target = session.Request.Target is { } name
            ? document.StageOf(name, document.Stages.Count)
                ?? throw new EngineException(ErrorKind.NotFound, $"target stage \"{name}\" could not be found")
            : document.Stages[^1];
        Arguments = new BuildArguments(document, session.Request.BuildArguments, session.Target, session.Request.Target);
        Bases = new BaseImage(session);
        foreach (BuildStage stage in document.Stages)
        {
            _nodes.Add(new StageNode(stage, Build));
        }

        Target = _nodes[target.Index];
        for (StageNode? node = Target; node is not null; node = BaseOf(node.Stage))
        {
            node.IsInImage = true;
        }
    }

    internal DockerfileDocument Document { get; }

    internal BuildArguments Arguments { get; }

    internal BaseImage Bases { get; }

    /// <summary>The stage that becomes the image.</summary>
    internal StageNode Target { get; }

    /// <summary>The earlier stage that a stage is built upon; null where that is an image.</summary>
    internal StageNode? BaseOf(BuildStage stage) =>
        _session.Named.ImageOf(ImageOf(stage)) is null ? NodeOf(ImageOf(stage), stage.Index) : null;

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
            return _session.Target;
        }

        try
        {
            string text = new Expansion(Arguments.Global, Document.Escape).Word(written);
            return text.Length == 0 ? _session.Target : Containers.PlatformSyntax.Parse(text);
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
        : new BuildSource(_images.GetOrAdd(name, Lazily).Value, null);

    private Lazy<BuildState> Lazily(string name) => new(() => name.Equals("scratch", StringComparison.OrdinalIgnoreCase)
        ? BaseImage.Scratch(_session.Target)
        : _session.Observer.Do($"[internal] load {name}", vertex => Bases.Open(_session.Named.ImageOf(name) ?? name, _session.Target, vertex)));

    /// <summary>Begins to build what a stage's instructions will ask for.</summary>
    internal void StartNeeded(BuildStage stage, IReadOnlyList<Instruction> instructions)
    {
        foreach (Instruction instruction in instructions)
        {
            IReadOnlyList<string> sources = instruction switch
            {
                CopyInstruction { From: { } from } => [from],
                RunInstruction run => run.MountSources,
                _ => [],
            };
            foreach (string source in sources)
            {
                if (!_session.Request.BuildContexts.ContainsKey(source))
                {
                    NodeOf(source, stage.Index)?.Start();
                }
            }
        }
    }

    /// <summary>Builds the target and what it needs.</summary>
    /// <returns>What it has become; nothing goes on any more.</returns>
    /// <exception cref="Exception">What failed first.</exception>
    internal BuildState Run()
    {
        try
        {
            return Target.Wait().State;
        }
        catch (Exception e)
        {
            // The others were told to stop by the first one; what they say about that is of no interest.
            ExceptionDispatchInfo.Throw(_first ?? e);
            throw;
        }
        finally
        {
            _nodes.ForEach(static node => node.Join());
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
            Interlocked.CompareExchange(ref _first, e, null);
            _session.Stop.Cancel();
            throw;
        }
    }
}
