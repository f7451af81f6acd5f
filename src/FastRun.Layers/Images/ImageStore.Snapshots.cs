using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Images;

/// <content>
/// Snapshots (docs/adr/0024-snapshots.md): images of this machine, most of them provisional for ever, whose names are none that a
/// registry could have.
/// </content>
public sealed partial class ImageStore
{
    /// <summary>Whether a name means a snapshot: its own, or one that was typed without a registry.</summary>
    public bool HasSnapshot(ImageReference name) =>
        name.IsSnapshot ? _names.HasSnapshot(name) : name.IsShort && _names.HasSnapshot(name.ToSnapshot());

    /// <summary>Looks whether a snapshot can get a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="replace">Whether a snapshot that has it gives way.</param>
    /// <exception cref="ImageInUseException">An image or a snapshot has it.</exception>
    public void RequireFree(ImageReference name, bool replace)
    {
        foreach (ImageReference image in name.NamesOfImages())
        {
            using ImageLease? lease = _records.TryLease(_layout.ImageName(image), out RecordState state);
            if (state != RecordState.Absent)
            {
                throw new ImageInUseException(name.SnapshotName, $"an image has this name: {image.ToFamiliarString()}: choose another one");
            }
        }

        if (!replace && _names.HasSnapshot(name))
        {
            throw new ImageInUseException(
                name.SnapshotName,
                $"a snapshot has this name: --force replaces it, fastrun snapshot rm {name.SnapshotName} removes it");
        }
    }

    /// <summary>
    /// Makes a name mean an image that is on the disk. The snapshot that had it goes with its last user, unless it has another name.
    /// </summary>
    /// <param name="image">The image; the lease stays the caller's.</param>
    /// <param name="name">The name.</param>
    /// <param name="replace">Whether a snapshot that has it gives way.</param>
    /// <exception cref="ImageInUseException">An image or a snapshot has it.</exception>
    public void NameSnapshot(ImageLease image, ImageReference name, bool replace)
    {
        string? before;
        using (_names.Lock())
        {
            RequireFree(name, replace);
            before = _names.Find(name)?.ImageIdHex;
            _names.Link(name, image.Record.ImageId, manifest: null, index: null);
        }

        if (before is { Length: > 0 } && before != image.Record.ImageId.Hex)
        {
            RemoveUnnamed(DigestOf(before));
            TryCollectLayers();
        }
    }

    /// <summary>All snapshots by name. One that is changed meanwhile, or damaged, may be missing.</summary>
    public IReadOnlyList<SnapshotDetails> Snapshots()
    {
        List<SnapshotDetails> found = [];
        foreach (ImageName name in _names.All().Where(static name => name.Reference.IsSnapshot))
        {
            try
            {
                found.Add(Snapshot(name.Reference));
            }
            catch (Exception e) when (e is ImageNotFoundException or CorruptContentException or LayerException)
            {
                // Removed meanwhile, or system check tells more.
            }
        }

        return found;
    }

    /// <summary>Tells all of one snapshot.</summary>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    /// <exception cref="CorruptContentException">Its config is damaged or missing.</exception>
    public SnapshotDetails Snapshot(ImageReference name)
    {
        using ImageLease lease = _records.TryLease(_layout.ImageName(name), out RecordState state) ?? throw NoSnapshot(name, state);
        Digest id = lease.Record.ImageId;
        byte[] json = new ContentStore(_layout).TryRead(id) ?? throw new CorruptContentException($"config {id}", "missing from the store");
        ImageConfig config = ImageConfig.Parse(json, $"config {id}");
        LayerStore layers = new(_layout);
        long written = layers.FilesSize(lease.Record.LayerIds[0]);
        return new SnapshotDetails
        {
            Name = name,
            Record = lease.Record,
            Config = config,
            Size = config.History is [.., { EmptyLayer: true }] ? 0 : written,
            VirtualSize = written + lease.Record.LayerIds.Skip(1).Sum(layers.FilesSize),
        };
    }

    /// <summary>Removes a snapshot's name, and the snapshot and the layers that nothing else uses.</summary>
    /// <param name="name">The name.</param>
    /// <param name="force">Of one that is in use: the name goes, and the rest when a collection finds it unused.</param>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    /// <exception cref="ImageInUseException">A sandbox or container needs it.</exception>
    public void RemoveSnapshot(ImageReference name, bool force)
    {
        using (_names.Lock())
        {
            ImageName found = _names.All().Find(each => IsSame(each.Reference, name)) ?? throw NoSnapshot(name);
            List<ImageName> siblings = _names.All().FindAll(each => each.ImageIdHex == found.ImageIdHex);
            if (siblings.Count > 1)
            {
                _names.Unlink(name);
                return;
            }

            try
            {
                RemoveImage(found.ImageIdHex, siblings, name.SnapshotName);
            }
            catch (ImageInUseException) when (force)
            {
                _names.Unlink(name);
            }
            catch (ImageInUseException e)
            {
                throw new ImageInUseException(
                    name.SnapshotName,
                    $"the snapshot is in use by {(e.User is null ? "a sandbox that runs" : $"container {ShortId.Of(e.User.ContainerId)}")}: --force removes its name now, and the rest is left to fastrun gc");
            }
        }

        TryCollectLayers();
    }

    private static ImageNotFoundException NoSnapshot(ImageReference name, RecordState state = RecordState.Absent) =>
        state == RecordState.Absent ? new ImageNotFoundException(name.SnapshotName, "no such snapshot") : Missing(name.ToFamiliarString(), state);

    /// <exception cref="ImageInUseException">It is a snapshot, which is not removed as an image.</exception>
    private void RequireNoSnapshot(ImageLocation location)
    {
        if (location.Reference is { } name && FindName(name.IsSnapshot ? null : name) is null && HasSnapshot(name))
        {
            throw new ImageInUseException(location.Text, $"it is a snapshot: fastrun snapshot rm {(name.IsSnapshot ? name : name.ToSnapshot()).SnapshotName}");
        }
    }

    /// <exception cref="LayerException">What its layers lie on is this machine's own root: others can do nothing with them.</exception>
    private static void RequireWhole(LaunchRecord record)
    {
        if (record.IsOnHost)
        {
            throw new LayerException(
                LayerErrorKind.Unsupported,
                $"image {record.ImageId.ShortHex}: its root file system is this machine's own, which is no image: it cannot be tagged, saved or pushed");
        }
    }
}
