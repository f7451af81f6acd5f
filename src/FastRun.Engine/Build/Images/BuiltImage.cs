using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Steps;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Images;

/// <summary>Makes an image of what the target stage has become.</summary>
internal static class BuiltImage
{
    /// <summary>Writes it to the store, under its names, and waits until it is on the disk.</summary>
    /// <param name="session">The build.</param>
    /// <param name="state">The target stage.</param>
    /// <param name="names">What it is called; none for an image that only its id names.</param>
    /// <param name="title">What progress calls it.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="EngineException">A layer holds what no image's can.</exception>
    internal static Digest Write(
        BuildSession session, BuildState state, IReadOnlyList<ImageReference> names, string title = "exporting to image") =>
        session.Observer.Do(title, vertex =>
        {
            IReadOnlyList<string> all = state.Layers;
            List<string> made = [.. state.Made.Select(static layer => layer.Require())];
            using FileLock keep = session.Layers.Lock(FileLockMode.Shared, static () => { }, session.Cancellation);
            session.Observer.Status(vertex, "exporting layers");
            if (session is { RewritesTimes: true, Epoch: { } epoch })
            {
                made = RewrittenLayers.Of(session, made, epoch);
                all = LayerStack.Of(state.BaseLayers, [.. made.Select(static layer => new StepLayer(layer))]);
            }


            // What is written is on its way to the disk while it is being hashed.
            Thread sync = new(() => SyncQuietly(session)) { IsBackground = true, Name = "sync" };
            bool isNew = made.Exists(session.Layers.IsPending);
            if (isNew)
            {
                sync.Start();
            }

            session.Settling.Finish(made);
            LocalImage image = new() { Config = ConfigOf(session, state, made), LayerIds = all.Count > 0 ? all : [EmptyLayer.Make(session.Layers, session.Layout)] };
            using ImageLease lease = session.Images.Add(image with { Name = names.Count > 0 ? names[0] : null });
            Digest id = lease.Record.ImageId;
            session.Observer.Status(vertex, $"writing image {id} done");
            foreach (ImageReference name in names)
            {
                if (name != names[0])
                {
                    session.Images.Add(image with { Name = name }).Dispose();
                }

                session.Observer.Status(vertex, $"naming to {name} done");
                ImageEvents.Note(session.Layout, "tag", id.ToString(), name.ToFamiliarString());
            }

            if (isNew)
            {
                sync.Join();
            }

            lease.MakeDurable();
            return id;
        });

    private static ImageConfig ConfigOf(BuildSession session, BuildState state, List<string> made)
    {
        List<HistoryEntry> history = Timestamps.Fill(state.History);
        ContainerConfig config = state.Config;
        if (session.Request.Labels.Count > 0)
        {
            SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
            foreach ((string key, string value) in config.Labels ?? new Dictionary<string, string>())
            {
                labels[key] = value;
            }

            foreach ((string key, string value) in session.Request.Labels)
            {
                labels[key] = value;
            }

            config = config with { Labels = labels };
        }

        return new ImageConfig
        {
            Created = history.Count > 0 ? history[^1].Created : state.BaseCreated,
            Author = state.Author,
            Architecture = state.Platform.Architecture,
            Os = state.Platform.Os,
            OsVersion = state.OsVersion,
            Variant = state.Platform.Variant,
            Config = config,
            Rootfs = new RootFilesystem
            {
                Type = "layers",
                DiffIds = [.. state.BaseDiffIds, .. made.Select(layer => session.Layers.DiffId(layer).ToString())],
            },
            History = history,
            InlineCache = session.Request.CacheTo.Any(static target => target.Kind == CacheKind.Inline) ? InlineCache.Of(session.Steps, state, session.Epoch) : null,
        };
    }

    /// <summary>A failure is that of the sync at the end.</summary>
    private static void SyncQuietly(BuildSession session)
    {
        try
        {
            using Fd opened = FileAt.Open(null, session.Layout.Layers, OpenFlags.Read | OpenFlags.Directory);
            FileContent.SyncFilesystem(opened);
        }
        catch (SyscallException)
        {
        }
    }
}
