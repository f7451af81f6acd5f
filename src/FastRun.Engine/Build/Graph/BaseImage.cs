using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Graph;

/// <summary>The images that a build takes from elsewhere: the bases of stages, and what <c>--from</c> names.</summary>
internal sealed class BaseImage(BuildSession session)
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The empty image <c>scratch</c>, with the settings that Docker gives it.</summary>
    internal static BuildState Scratch(Platform platform) => new()
    {
        Platform = platform,
        TreeKey = new CacheKey("scratch-1").Finish(),
        Config = new ContainerConfig { Env = [DefaultPath], WorkingDir = "/" },
    };

    /// <summary>Brings an image where it is not here, and keeps it until the build is over.</summary>
    /// <param name="name">A reference.</param>
    /// <param name="platform">For what.</param>
    /// <param name="title">What the work is called.</param>
    /// <exception cref="EngineException">It cannot be had.</exception>
    internal BuildState Open(string name, Platform platform, string title) => session.Shared.Image(
        $"{platform} {name}", () => session.Observer.Do(title, vertex => Open(name, platform, vertex)));

    /// <summary>The same of an image that is here; null where it is not, or cannot be used.</summary>
    internal BuildState? TryOpen(string name, Platform platform) => EngineErrors.Translated(() =>
    {
        ImageLocation location = ImageLocation.Parse(name);
        if (location.Transport is not (ImageTransport.Registry or ImageTransport.Snapshot) || session.Images.TryOpen(location, platform, out _) is not { } lease)
        {
            return null;
        }

        using (lease)
        {
            return Of(lease, session.Images.Inspect(ImageLocation.Parse(lease.Record.ImageId.ToString())).Config);
        }
    });

    private BuildState Open(string name, Platform platform, BuildVertex vertex) => EngineErrors.Translated(() =>
    {
        ImageLocation location = ImageLocation.Parse(name);
        ImageLease lease = session.Hold(location.Transport switch
        {
            ImageTransport.Registry or ImageTransport.Snapshot => OpenLocal(location, platform) ?? Pull(location, platform, vertex),
            ImageTransport.OciLayout => session.Images.Open(location, platform, new BasePull(session.Observer, vertex) { Cancellation = session.Cancellation }),
            _ => throw EngineException.Invalid($"{name}: not the name of an image that can be built upon"),
        });
        if (lease.Record.IsProvisional)
        {
            lease = session.Hold(session.Images.Settle(lease.Record.ImageId, waiting: null, session.Cancellation));
        }

        return Of(lease, session.Images.Inspect(ImageLocation.Parse(lease.Record.ImageId.ToString())).Config);
    });

    private ImageLease? OpenLocal(ImageLocation location, Platform platform) =>
        session.Request.Pull && location.Reference is { Registry: not ImageReference.LocalRegistry } reference && !IsSnapshot(reference)
            ? null
            : session.Images.TryOpen(location, platform, out _);

    private ImageLease Pull(ImageLocation location, Platform platform, BuildVertex vertex)
    {
        if (location.Reference is not { } reference || reference.Registry == ImageReference.LocalRegistry || IsSnapshot(reference))
        {
            return session.Images.Open(location, platform);
        }

        BasePull observer = new(session.Observer, vertex) { Cancellation = session.Cancellation };
        PulledImage pulled = session.Images.Pull(
            reference, platform, session.Registries, observer, takeOthers: !session.Request.Pull);
        ImageEvents.Note(session.Layout, "pull", reference.ToFamiliarString(), reference.FamiliarName);
        return pulled.Lease;
    }

    /// <summary>No registry has one.</summary>
    private bool IsSnapshot(ImageReference reference) => reference.IsSnapshot || session.Images.HasSnapshot(reference);

    private static BuildState Of(ImageLease lease, ImageConfig config)
    {
        List<string> diffIds = [.. config.DiffIds.Select(static diffId => diffId.ToString())];
        return new BuildState
        {
            Platform = config.Platform,
            TreeKey = new CacheKey("image-1").Add(diffIds).Finish(),

            // An image without layers has an empty one here, to be mounted.
            BaseLayers = diffIds.Count == 0 ? [] : lease.Record.LayerIds,
            BaseDiffIds = diffIds,
            Config = WithPath(config.Config ?? new ContainerConfig()),
            History = ImageHistory.Whole(config),
            Author = config.Author,
            OsVersion = config.OsVersion,
            BaseCreated = config.Created,
        };
    }

    /// <summary>An image that is built has a PATH.</summary>
    private static ContainerConfig WithPath(ContainerConfig config) => config.Env?.Any(static variable => variable.StartsWith("PATH=", StringComparison.Ordinal)) == true
        ? config
        : config with { Env = [.. config.Env ?? [], DefaultPath] };
}
