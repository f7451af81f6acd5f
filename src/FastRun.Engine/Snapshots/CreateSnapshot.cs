using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Snapshots;

/// <summary>
/// Prepares a state once, for any number of sandboxes to begin with: a command runs as <c>exec</c> runs it, and what it wrote becomes a
/// layer under a name.
/// </summary>
public sealed class CreateSnapshot(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Runs the command and, where it succeeds, makes the snapshot and waits until that is on the disk.</summary>
    /// <param name="request">What it is to be.</param>
    /// <param name="options">How the run tells what happens beside its command.</param>
    /// <returns>The command's exit code. Unless it is 0 nothing is kept.</returns>
    /// <exception cref="EngineException">The name is taken, the command cannot be run, or the snapshot cannot be made: nothing is kept.</exception>
    public int Run(SnapshotRequest request, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        ImageReference name = SnapshotName.Parse(request.Name);
        return EngineErrors.Translated(() => Run(name, request, options));
    }

    private int Run(ImageReference name, SnapshotRequest request, RunOptions options)
    {
        _store.RequireFree(name, request.Replace);
        RequestValidation.Check(request.Sandbox);
        _ = ImageChanges.Apply(new ContainerConfig(), request.Changes);
        FileCreationMask.Clear();
        using ImageLease? image = ImageResolution.Resolve(layout, request.Sandbox, options);
        if (image?.Record.LayerIds.Count >= CommitContainer.MostLayers)
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                string.Create(CultureInfo.InvariantCulture, $"{request.Sandbox.Image}: it has {image.Record.LayerIds.Count} layers: no more can be stacked"));
        }

        using IncludedMounts mounts = IncludedMounts.Find(request.Includes, request.Sandbox, image?.Record, options.Diagnostics);
        using SandboxCapture capture = new(layout, image, mounts, options.Diagnostics);
        int code = new RunContainer(layout).Run(request.Sandbox, options with { Capture = capture });
        if (code != 0)
        {
            options.Diagnostics(string.Create(
                CultureInfo.InvariantCulture, $"fastrun: {name.SnapshotName}: no snapshot was made: the command ended with exit code {code}\n"));
            return code;
        }

        return PullImage.Pulling(new LoadObserver(), observer => Keep(name, request, capture, mounts.Targets, observer));
    }

    private int Keep(
        ImageReference name, SnapshotRequest request, SandboxCapture capture, IReadOnlyList<string> includes, LoadObserver observer)
    {
        LayerStore layers = new(layout);
        ImageLease made;
        using (FileLock keep = layers.Lock(FileLockMode.Shared, static () => { }, observer.Cancellation))
        {
            string? written = capture.Take(layers);
            try
            {
                made = _store.Add(Describe(request, capture.Image, written, includes));
            }
            catch
            {
                if (written is not null)
                {
                    layers.Abandon(written);
                }

                throw;
            }
        }

        try
        {
            using (made)
            {
                // Whoever finds the name finds what a power cut cannot take.
                made.MakeDurable();
                observer.Cancellation.ThrowIfCancellationRequested();
                _store.NameSnapshot(made, name, request.Replace);
                ImageEvents.Note(layout, "tag", made.Record.ImageId.ToString(), name.ToFamiliarString());
                return 0;
            }
        }
        catch
        {
            _store.TakeBack(made.Record.ImageId, name: null, before: null);
            throw;
        }
    }

    /// <summary>The image: as its base, but for what the flags change of it. What was asked for the command alone is not passed on.</summary>
    private LocalImage Describe(SnapshotRequest request, ImageLease? from, string? written, IReadOnlyList<string> includes)
    {
        ImageConfig config = from is null ? OfHost() : _store.Inspect(ImageLocation.Parse(from.Record.ImageId.ToString())).Config;
        string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        HistoryEntry step = new()
        {
            Created = now,
            CreatedBy = string.Join(' ', request.Sandbox.Command ?? []),
            Comment = request.Message.Length == 0 ? null : request.Message,
            EmptyLayer = written is null ? true : null,
        };
        List<string> diffIds = [.. config.DiffIds.Select(static diffId => diffId.ToString())];
        if (written is not null)
        {
            diffIds.Add(LayerStore.PlaceholderOf(written).ToString());
        }

        return new LocalImage
        {
            Config = config with
            {
                Created = now,
                Config = Settings(request, config.Config ?? new ContainerConfig(), includes),
                Rootfs = new Layers.Oci.RootFilesystem { Type = "layers", DiffIds = diffIds },
                History = [.. ImageHistory.Whole(config), step],
                Snapshot = new SnapshotOrigin
                {
                    From = request.Sandbox.Image,
                    Parent = from?.Record.ImageId.ToString(),
                    Command = request.Sandbox.Command ?? [],
                    Includes = includes.Count == 0 ? null : includes,
                },
            },
            LayerIds = [.. written is null ? (ReadOnlySpan<string>)[] : [written], .. from?.Record.LayerIds ?? []],
            IsProvisional = written is not null || from is { Record.IsProvisional: true },
            IsOnHost = from is null or { Record.IsOnHost: true },
        };
    }

    private static ImageConfig OfHost() => new() { Architecture = Platform.Host.Architecture, Os = Platform.Host.Os, Variant = Platform.Host.Variant };

    private static ContainerConfig Settings(SnapshotRequest request, ContainerConfig image, IReadOnlyList<string> includes)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in image.Labels ?? labels)
        {
            labels[key] = value;
        }

        foreach ((string key, string value) in request.Sandbox.Labels)
        {
            labels[key] = value;
        }

        // What was a volume is in the root now, so that every sandbox has its own.
        IEnumerable<string> volumes = (image.Volumes?.Keys ?? []).Where(path => !includes.Contains(path.TrimEnd('/')));
        return ImageChanges.Apply(
            image with { Labels = labels.Count == 0 ? null : labels, Volumes = ConfigChanges.Set(volumes) }, request.Changes);
    }
}
