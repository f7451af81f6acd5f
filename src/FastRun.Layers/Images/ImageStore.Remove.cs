using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Removing images.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Removes a name; with the last name of an image, or by its id, the image and the layers that no other one uses.
    /// </summary>
    /// <param name="location">A tag, a digest, or the beginning of an image id.</param>
    /// <param name="force">
    /// By id: remove the image even if it has names in several repositories. Of an image that a container needs, remove the
    /// names: the image itself stays, without one. By id that is done for containers that do not run.
    /// </param>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    /// <exception cref="ImageInUseException">A sandbox or container needs it, or it has several names.</exception>
    public ImageRemoval Remove(ImageLocation location, bool force = false)
    {
        ImageRemoval removal;
        using (_names.Lock())
        {
            List<ImageName> names = _names.All();
            RequireNoSnapshot(location);
            removal = FindName(location.Reference) is { } reference
                ? RemoveName(reference, names, location.Text, force)
                : location.ImageIdPrefix is { } prefix && FindId(prefix, location.Text) is { } imageId
                    ? RemoveById(imageId, names.FindAll(name => name.ImageIdHex == imageId), location.Text, force)
                    : throw Missing(location.Text, RecordState.Absent);
        }

        if (removal.Deleted.Count > 0)
        {
            TryCollectLayers();
        }

        return removal;
    }

    /// <summary>Removes images with all their names, but for those that somebody needs and for snapshots; then the layers that no other one uses.</summary>
    /// <param name="images">Their ids. One that is not there is no failure.</param>
    public IReadOnlyList<ImageRemoval> RemoveUnused(IReadOnlyCollection<Digest> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        List<ImageRemoval> removals = [];
        foreach (Digest image in images)
        {
            using FileLock held = _names.Lock();
            List<ImageName> own = _names.All().FindAll(name => name.ImageIdHex == image.Hex);
            if (own.Exists(static name => name.Reference.IsSnapshot))
            {
                continue;
            }

            try
            {
                ImageRemoval removal = RemoveImage(image.Hex, own, image.ToString());
                if (removal.Deleted.Count > 0)
                {
                    removals.Add(removal);
                }
            }
            catch (ImageInUseException)
            {
                // It stays, with its names.
            }
        }

        if (removals.Count > 0)
        {
            TryCollectLayers();
        }

        return removals;
    }

    private ImageReference? FindName(ImageReference? reference) =>
        reference is null ? null
        : _names.Exists(reference) ? reference
        : reference.IsShort && _names.Exists(reference.ToLocal()) ? reference.ToLocal()
        : null;

    private ImageRemoval RemoveName(ImageReference reference, List<ImageName> names, string text, bool force)
    {
        ImageName removed = names.Find(name => IsSame(name.Reference, reference)) ?? throw Missing(text, RecordState.Absent);
        List<ImageName> siblings = names.FindAll(name => name.ImageIdHex == removed.ImageIdHex);

        List<ImageName> gone = WithDigests(removed, siblings);
        if (gone.Count == siblings.Count && removed.ImageIdHex.Length > 0)
        {
            try
            {
                return RemoveImage(removed.ImageIdHex, siblings, text);
            }
            catch (ImageInUseException e) when (!force && e.User is { Fault: null } user)
            {
                throw ImageInUseException.ForName(text, removed.ImageIdHex, user);
            }
            catch (ImageInUseException) when (force)
            {
                // The image stays; its names do not.
            }
        }

        return RemoveNames(gone);
    }

    private ImageRemoval RemoveById(string imageId, List<ImageName> names, string text, bool force)
    {
        if (names.Find(static name => name.Reference.IsSnapshot) is { } snapshot)
        {
            throw new ImageInUseException(text, $"the image is a snapshot: fastrun snapshot rm {snapshot.Reference.SnapshotName}");
        }

        List<ImageName> tags = names.FindAll(static name => name.Reference.Tag is not null);
        bool isAmbiguous = !force && (tags.Count > 1
            || names.DistinctBy(static name => (name.Reference.Registry, name.Reference.Repository)).Count() > 1);
        try
        {
            return RemoveImage(imageId, names, text, isAmbiguous
                ? ImageInUseException.ForNames(imageId, string.Join(", ", (tags.Count > 0 ? tags : names).Select(Familiar)))
                : null);
        }
        catch (ImageInUseException e) when (e.User is { Fault: null } user)
        {
            bool canForce = !user.IsRunning && names.Count > 0;
            return force && canForce ? RemoveNames(names) : throw ImageInUseException.ForId(imageId, user, canForce);
        }
    }

    private ImageRemoval RemoveNames(List<ImageName> names)
    {
        Unlink(names);
        return new ImageRemoval([.. names.Select(Familiar)], [], IdOf(names.Find(static name => name.ImageIdHex.Length > 0)?.ImageIdHex));
    }

    /// <summary>
    /// The names that go with one: all that lead through it where it is a digest, and then the digests that nothing
    /// leads through any more; with the last tag of a repository all its digests.
    /// </summary>
    private static List<ImageName> WithDigests(ImageName removed, List<ImageName> siblings)
    {
        HashSet<ImageName> gone = [removed];
        while (siblings.Find(name => !gone.Contains(name) && gone.Any(digest => digest.IsPassedThroughBy(name))) is { } through)
        {
            gone.Add(through);
        }

        while (siblings.Find(name => !gone.Contains(name)
            && gone.Any(name.IsPassedThroughBy)
            && !siblings.Exists(other => !gone.Contains(other) && name.IsPassedThroughBy(other))) is { } orphan)
        {
            gone.Add(orphan);
        }

        if (removed.Reference.Tag is not null && !siblings.Exists(
            other => !gone.Contains(other) && other.Reference.Tag is not null && other.IsInRepositoryOf(removed)))
        {
            // A push may have given the tag another manifest; the one before goes with the last tag, too.
            gone.UnionWith(siblings.Where(name => name.IsBesideTag(removed)));
        }

        return siblings.FindAll(gone.Contains);
    }

    /// <summary>Removes an image that nobody needs, whatever its names. The caller holds <see cref="StateLayout.ImagesLock"/>.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="names">Its names.</param>
    /// <param name="text">What messages call it.</param>
    /// <param name="conflict">What keeps it from being removed unless something does that force does not help against: Docker tells that first.</param>
    /// <exception cref="ImageInUseException">Somebody needs it; nothing is changed.</exception>
    private ImageRemoval RemoveImage(string imageId, List<ImageName> names, string text, ImageInUseException? conflict = null)
    {
        string path = Path.Combine(_layout.ImageIds, imageId);
        using FileLock? held = FileLock.TryAcquireTarget(null, path, FileLockMode.Exclusive, out _, out Errno errno);
        if (held is null && errno is not (Errno.ENOENT or Errno.EAGAIN))
        {
            throw new SyscallException("flock", errno, path);
        }

        // Asked after the lock is held: who becomes a user holds the image until that is on record.
        if (errno != Errno.ENOENT && _users.Find(DigestOf(imageId)) is { } user && (conflict is null || user.IsRunning))
        {
            throw new ImageInUseException(text, user);
        }

        if (conflict is not null)
        {
            throw conflict;
        }

        if (errno == Errno.EAGAIN)
        {
            throw new ImageInUseException(text);
        }

        // The record first: names that lead nowhere are harmless, and the next collection removes them.
        _records.Remove(imageId);
        FileAt.TryUnlink(null, Path.Combine(_layout.SettledImages, imageId));
        Unlink(names);
        return new ImageRemoval([.. names.Select(Familiar)], held is null ? [] : ["sha256:" + imageId], IdOf(imageId));
    }

    /// <summary>An image's id from its digits, whose number tells the algorithm.</summary>
    private static Digest DigestOf(string imageId) => Digest.Parse((imageId.Length == 64 ? "sha256:" : "sha512:") + imageId);

    private static string IdOf(string? imageId) => imageId is null ? "" : DigestOf(imageId).ToString();

    private void Unlink(List<ImageName> names)
    {
        foreach (ImageName name in names)
        {
            _names.Unlink(name.Reference);
        }
    }

    private static bool IsSame(ImageReference one, ImageReference other) =>
        one.Registry == other.Registry && one.Repository == other.Repository
        && one.Digest == other.Digest && (one.Digest is not null || one.Tag == other.Tag);
}
