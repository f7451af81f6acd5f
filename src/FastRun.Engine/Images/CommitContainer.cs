using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Images;

/// <summary>
/// Makes an image of a container (<c>docker commit</c>). Under its name it can be run at once; its id is known when its layers'
/// tars have been hashed.
/// </summary>
public sealed class CommitContainer(StateLayout layout)
{
    /// <summary>What overlayfs stacks, OVL_MAX_STACK, without the lowest lower of every container.</summary>
    internal const int MostLayers = 499;

    /// <summary>Ends it; where it cannot, a signal to this process does.</summary>
    public CancellationToken Cancellation { get; init; }

    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Makes it, and waits until it is on the disk.</summary>
    /// <param name="container">The container, running or not.</param>
    /// <param name="request">What it is to be.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="EngineException">It cannot be made, or a signal came: its name means what it meant before.</exception>
    public Digest Run(Container container, CommitRequest request)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(request);
        return PullImage.Pulling(new LoadObserver { Cancellation = Cancellation }, observer => Commit(container, request, observer.Cancellation));
    }

    private Digest Commit(Container container, CommitRequest request, CancellationToken cancellation)
    {
        ImageReference? name = LocalImageName.Parse(request.Name);
        ImageDetails? image = container.Record.ImageId.Length == 0 ? null : _store.Inspect(ImageLocation.Parse(container.Record.ImageId));
        if (image is null or { Record.IsOnHost: true })
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"container {container.Name}: its root file system is this machine's own, which is no image: it cannot be committed",
                hint: "fastrun diff tells what it changed");
        }

        ContainerConfig own = ContainerAsImage.Of(container.Record, image.Config.Config ?? new ContainerConfig());
        ContainerConfig settings = ImageChanges.Apply(request.Config is { } config ? ContainerAsImage.Merge(config, own) : own, request.Changes);
        LayerStore layers = new(layout);
        string? before = name is null ? null : _store.TargetOf(name);
        Digest provisional;
        using (FileLock keep = layers.Lock(FileLockMode.Shared, static () => { }, cancellation))
        using (ImageLease held = _store.Open(ImageLocation.Parse(container.Record.ImageId)))
        {
            IReadOnlyList<string> written = new UpperCapture(layout, layers).Take(
                container, layout.LayerTree(image.Record.LayerIds[0]), request.Pause);
            using ImageLease made = _store.Add(Describe(image, settings, written, layers, request) with { Name = name });
            provisional = made.Record.ImageId;
        }

        try
        {
            return Finish(container, name, provisional, cancellation);
        }
        catch
        {
            _store.TakeBack(provisional, name, before);
            throw;
        }
    }

    /// <summary>The id, and the disk: what was written is on its way there while it is being hashed.</summary>
    private Digest Finish(Container container, ImageReference? name, Digest provisional, CancellationToken cancellation)
    {
        Thread sync = new(() => SyncQuietly(layout.Layers)) { IsBackground = true, Name = "sync" };
        sync.Start();
        using ImageLease image = _store.Settle(provisional, waiting: null, cancellation);
        sync.Join();
        image.MakeDurable();
        Digest id = image.Record.ImageId;
        ContainerEvents.Note(layout, container.Record, "commit", ("comment", ""), ("imageID", id.ToString()), ("imageRef", name?.ToString() ?? ""));
        if (name is not null)
        {
            ImageEvents.Note(layout, "tag", id.ToString(), name.ToFamiliarString());
        }

        return id;
    }

    /// <summary>A failure is that of the sync at the end.</summary>
    private static void SyncQuietly(string directory)
    {
        try
        {
            using Fd opened = FileAt.Open(null, directory, OpenFlags.Read | OpenFlags.Directory);
            FileContent.SyncFilesystem(opened);
        }
        catch (SyscallException)
        {
        }
    }

    private static LocalImage Describe(
        ImageDetails image, ContainerConfig settings, IReadOnlyList<string> written, LayerStore layers, CommitRequest request)
    {
        if (written.Count + image.Record.LayerIds.Count > MostLayers)
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                string.Create(CultureInfo.InvariantCulture, $"the image would have {written.Count + image.Record.LayerIds.Count} layers: the most that can be stacked is {MostLayers}"));
        }

        string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        HistoryEntry step = new()
        {
            Created = now,
            CreatedBy = string.Join(' ', settings.Cmd ?? []),
            Author = request.Author.Length == 0 ? null : request.Author,
            Comment = request.Message.Length == 0 ? null : request.Message,
            EmptyLayer = written.Count == 0 ? true : null,
        };
        List<string> diffIds = [.. image.Config.DiffIds.Select(static diffId => diffId.ToString())];
        foreach (string layer in written.Reverse())
        {
            diffIds.Add(layers.DiffId(layer).ToString());
        }

        return new LocalImage
        {
            Config = new ImageConfig
            {
                Created = now,
                Author = step.Author,
                Comment = step.Comment,
                Architecture = image.Config.Architecture,
                Os = image.Config.Os,
                OsVersion = image.Config.OsVersion,
                Variant = image.Config.Variant,
                Config = settings,
                Rootfs = new RootFilesystem { Type = "layers", DiffIds = diffIds },
                History = [.. ImageHistory.Whole(image.Config), .. Enumerable.Repeat(step, int.Max(written.Count, 1))],
            },
            LayerIds = [.. written, .. image.Record.LayerIds],
            IsProvisional = image.Record.IsProvisional || written.Any(layers.IsPending),
        };
    }
}
