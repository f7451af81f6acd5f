using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Images;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Reports;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build;

/// <summary>
/// One build, from a Dockerfile to an image: read this first. The Dockerfile becomes a graph of stages; what the target needs of
/// it is built, each stage on a thread of its own, instruction after instruction; an instruction that changes files is a step,
/// which is found in the cache or done; the upper directory that a step has written to becomes a layer by rename, and while the
/// next one runs, its tar is hashed; and the target stage with its layers and settings becomes the image.
/// </summary>
public sealed class BuildImage(StateLayout layout)
{
    /// <summary>The digest of what a registry has now; null where nothing was pushed.</summary>
    public Digest? Pushed { get; private set; }

    /// <summary>The answer to what was asked of the Dockerfile instead of building it; null for a build.</summary>
    public CallAnswer? Answer { get; private set; }

    /// <summary>Builds an image, and waits until it is on the disk.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="observer">Hears how it gets on, from several threads.</param>
    /// <param name="standardOutput">What <c>-</c> means where an output is asked for.</param>
    /// <returns>The image's id, or of several platforms the index's digest; null where no image was asked for, but files.</returns>
    /// <exception cref="EngineException">It cannot be built, or a signal came: its names mean what they meant before.</exception>
    public Digest? Run(BuildRequest request, BuildObserver observer, Stream standardOutput)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        List<ImageReference> names = [.. request.Tags.Select(static tag => TagImage.ParseTarget(tag))];
        BuildRequestCheck.Check(request);
        ResultFile? idFile = request.ImageIdFile is { } path ? ResultFile.Check("--iidfile", path) : null;
        ResultFile? metadata = request.MetadataFile is { } place ? ResultFile.Check("--metadata-file", place) : null;
        ResultFile? trace = request.TraceFile is { } times ? ResultFile.Check("--trace", times) : null;
        FileCreationMask.Clear();
        DockerfileText file = new();
        try
        {
            BuiltResult? built = Interruptible.Run(
                stop => Build(request, observer, file, names, standardOutput, stop), static () => { }, request.Client?.Gone ?? CancellationToken.None);
            if (Answer is not null)
            {
                return null;
            }

            Digest? pushed = built is null ? null : new ImageOutputs(layout).Write(request, built, names, standardOutput);
            Pushed = pushed;

            // What a registry has of an index is another one, since layers are compressed there.
            Digest? id = built?.List is null ? built?.Id : pushed ?? built.Id;
            KeepLimit(observer);
            List<string> failures =
                [.. idFile?.Replace(Encoding.ASCII.GetBytes(id?.ToString() ?? "")) ?? [], .. metadata?.Replace(BuildMetadata.Of(built, pushed, names)) ?? []];
            failures.AddRange(trace?.Replace(BuildTrace.Of(request.Context, observer.Vertices, error: null)) ?? []);
            return failures.Count == 0 ? id : throw new EngineException(ErrorKind.Internal, string.Join("; ", failures));
        }
        catch (EngineException e) when (e.InnerException is DockerfileException dockerfile)
        {
            throw Traced(Failed(observer, file, dockerfile.Lines, e));
        }
        catch (BuildException e)
        {
            throw Traced(Failed(observer, file, e.Lines, e.Cause));
        }
        catch (EngineException e) when (trace is not null)
        {
            throw Traced(e);
        }

        EngineException Traced(EngineException failure)
        {
            foreach (string line in trace?.Replace(BuildTrace.Of(request.Context, observer.Vertices, failure.Message)) ?? [])
            {
                observer.Note("fastrun: " + line);
            }

            return failure;
        }
    }

    private BuiltResult? Build(
        BuildRequest request,
        BuildObserver observer,
        DockerfileText file,
        IReadOnlyList<ImageReference> names,
        Stream standardOutput,
        CancellationToken stop)
    {
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using BuildSession session = new(layout, request, observer, all);
        DockerfileDocument document = observer.Do($"[internal] load build definition from {Path.GetFileName(request.Dockerfile ?? file.Name)}", vertex =>
        {
            BuildContext context = session.OpenContext();
            file.Read(context);
            observer.Status(vertex, $"transferring dockerfile: {context.Dockerfile.Length}B done");
            return DockerfileParser.Parse(context.Dockerfile.Span);
        });

        if (request.Call != BuildCall.Build)
        {
            Answer = AnswerCall.Run(session, document, file);
            return null;
        }

        BuildChecks checks = new(session, document, file);
        if (session.Epoch is null && request.Outputs.Any(static output => output.RewritesTimes))
        {
            observer.Note("WARNING: rewrite-timestamp is specified, but no source-date-epoch was found");
        }

        List<BuildGraph> graphs = [.. session.Targets.Select(platform => new BuildGraph(session, document, platform))];
        checks.Require(graphs[0]);
        IReadOnlyList<BuildState> targets;
        try
        {
            targets = BuildGraph.Run(session, graphs);
        }
        finally
        {
            checks.Tell(graphs[0]);
        }

        bool wantsImage = request.Outputs.Count == 0;
        for (int i = 0; i < request.Outputs.Count; i++)
        {
            if (request.Outputs[i].Kind is BuildOutputKind.Local or BuildOutputKind.Tar)
            {
                TreeOutput.Write(session, targets, i, standardOutput);
            }
            else
            {
                wantsImage |= request.Outputs[i].Kind != BuildOutputKind.None;
            }
        }

        BuiltResult? built = wantsImage ? Write(session, targets, names) : null;
        CacheExport.Run(session);
        return built;
    }

    /// <summary>What is built stays, whatever comes of the limit.</summary>
    private void KeepLimit(BuildObserver observer)
    {
        try
        {
            IReadOnlyList<BuildCacheEntry> removed = new BuildCacheUsage(layout).KeepLimit();
            if (removed.Count > 0)
            {
                observer.Note($"storage limit: {removed.Count} steps and cache mounts that were used longest ago were removed from the build cache");
            }
        }
        catch (EngineException e)
        {
            observer.Note($"WARNING: storage limit: {e.Message}");
        }
    }

    private static BuiltResult Write(BuildSession session, IReadOnlyList<BuildState> targets, IReadOnlyList<ImageReference> names)
    {
        if (targets.Count > 1)
        {
            return BuiltIndex.Write(session, targets, names);
        }

        Digest id = BuiltImage.Write(session, targets[0], names);
        return new BuiltResult(id, List: null, [id]);
    }

    /// <summary>Shows the place in the Dockerfile, where it is in one.</summary>
    private static EngineException Failed(BuildObserver observer, DockerfileText file, LineRange lines, EngineException failure)
    {
        if (!lines.IsNone)
        {
            observer.FailedAt(file.Name, file.Lines, lines.First, lines.Last);
        }

        observer.Failed(lines.IsNone ? "" : DockerfileException.Render(file.Name, file.Lines, lines));
        return failure;
    }
}
