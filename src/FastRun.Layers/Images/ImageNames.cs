using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// The names of images: symbolic links from tags to digests and from digests to records, so that opening a tag opens the
/// record. Whoever changes one holds <see cref="StateLayout.ImagesLock"/>; readers need no lock.
/// </summary>
internal sealed class ImageNames(StateLayout layout)
{
    private const int DirectoryMode = 0x1C0;
    private const int DataRootMode = 0x1C8;
    private const string Tags = "_tags";
    private const string Digests = "_digests";

    /// <summary>Waits for the right to change names and records.</summary>
    internal FileLock Lock()
    {
        FileAt.MakeDirectories(null, layout.DataRoot, DataRootMode);
        FileAt.MakeDirectories(null, layout.Images, DirectoryMode);
        return FileLock.Acquire(null, layout.ImagesLock, FileLockMode.Exclusive);
    }

    /// <summary>
    /// Makes a name mean an image, whatever it meant before: first the manifest's link, then that of the index which led
    /// to the manifest, then the tag's.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="imageId">The image.</param>
    /// <param name="manifest">Its manifest; null where it never had one.</param>
    /// <param name="index">The index that the name means; null where it means the manifest itself.</param>
    /// <param name="durable">Wait until that is on disk; else the image's lease sees to it.</param>
    /// <exception cref="ImageInUseException">A snapshot has the name.</exception>
    internal void Link(ImageReference name, Digest imageId, Digest? manifest, Digest? index, bool durable = true)
    {
        RequireNoSnapshot(name);
        foreach ((string link, string target) in Links(name, imageId, manifest, index))
        {
            MakeLink(link, target, durable);
        }
    }

    /// <summary>Makes a tag mean what one of its repository's digests means.</summary>
    /// <exception cref="ImageInUseException">A snapshot has the name.</exception>
    internal void LinkTag(ImageReference name, Digest digest)
    {
        RequireNoSnapshot(name);
        MakeLink(TagLink(name), $"../{Digests}/{digest}", durable: true);
    }

    /// <summary>What is typed without a registry means one thing: no image gets a name that a snapshot has.</summary>
    /// <exception cref="ImageInUseException">One has it.</exception>
    internal void RequireNoSnapshot(ImageReference name)
    {
        if (name is { Tag: not null, Registry: ImageReference.DefaultRegistry or ImageReference.LocalRegistry } && HasSnapshot(name.ToSnapshot()))
        {
            throw new ImageInUseException(name.ToFamiliarString(), $"a snapshot has this name: fastrun snapshot rm {name.ToSnapshot().SnapshotName} removes it");
        }
    }

    /// <summary>Whether there is such a snapshot; a link that a killed removal left is none.</summary>
    internal bool HasSnapshot(ImageReference name) => Find(name) is { } found && IsWhole(found);

    /// <summary>Where the link of a name leads, as it is written; null where there is none.</summary>
    internal string? TargetOf(ImageReference name) => Target(layout.ImageName(name));

    /// <summary>Makes a name lead where it led before, or nowhere.</summary>
    internal void Restore(ImageReference name, string? target)
    {
        if (target is null)
        {
            Unlink(name);
        }
        else
        {
            MakeLink(layout.ImageName(name), target, durable: true);
        }
    }

    /// <summary>One name, if there is such a link, even if what it leads to is gone.</summary>
    internal ImageName? Find(ImageReference name)
    {
        if (Target(layout.ImageName(name)) is not { } target)
        {
            return null;
        }

        string last = Path.GetFileName(target);
        return Digest.TryParse(last, out Digest next)
            ? new ImageName(name, name.Digest ?? next, next, "")
            : new ImageName(name, name.Digest, null, last);
    }

    /// <summary>Whether a name means this image already.</summary>
    internal bool Means(ImageReference name, Digest imageId, Digest? manifest, Digest? index) =>
        Links(name, imageId, manifest, index).All(static link => Target(link.Path) == link.Target);

    /// <summary>All names of the store, a repository's tags before its digests. One that is changed meanwhile may be missing.</summary>
    internal List<ImageName> All()
    {
        List<ImageName> names = [];
        foreach (string registry in (IEnumerable<string>)[.. Directories(layout.Images), ImageReference.SnapshotRegistry])
        {
            Collect(registry, "", Path.Combine(layout.Images, registry), names);
        }

        return [.. names
            .OrderBy(name => name.Reference.Registry, StringComparer.Ordinal)
            .ThenBy(name => name.Reference.Repository, StringComparer.Ordinal)
            .ThenBy(name => name.Reference.Tag is null)
            .ThenBy(name => name.Reference.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Removes a name, and the directories that this leaves empty.</summary>
    internal void Unlink(ImageReference name)
    {
        string link = layout.ImageName(name);
        FileAt.TryUnlink(null, link);
        string? directory = Path.GetDirectoryName(link);
        while (directory is not null && directory != layout.Images
            && FileAt.TryRemoveDirectory(null, directory) == Errno.None)
        {
            directory = Path.GetDirectoryName(directory);
        }
    }

    /// <summary>Whether there is such a link, even if what it leads to is gone.</summary>
    internal bool Exists(ImageReference name) => Target(layout.ImageName(name)) is not null;

    /// <summary>Whether the record that a name leads to exists.</summary>
    internal bool IsWhole(ImageName name) =>
        name.ImageIdHex.Length > 0
        && FileAt.TryStat(null, Path.Combine(layout.ImageIds, name.ImageIdHex), out _) == Errno.None;

    /// <summary>Temporary files and links that writers left when they were killed.</summary>
    internal List<string> Leftovers()
    {
        List<string> found = [];
        CollectLeftovers(layout.Images, found);
        return found;
    }

    private static void CollectLeftovers(string path, List<string> found)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, path))
        {
            if (entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            {
                found.Add(Path.Combine(path, entry.Text));
            }
            else if (entry.Type == FileType.Directory)
            {
                CollectLeftovers(Path.Combine(path, entry.Text), found);
            }
        }
    }

    private IEnumerable<(string Path, string Target)> Links(
        ImageReference name, Digest imageId, Digest? manifest, Digest? index)
    {
        string record = RecordTarget(name, imageId);
        Digest? named = manifest ?? name.Digest;
        if (named is { } digest)
        {
            yield return (DigestLink(name, digest), record);
            if (index is { } list && list != digest)
            {
                yield return (DigestLink(name, list), digest.ToString());
                named = list;
            }
        }

        if (name.Tag is not null)
        {
            yield return (TagLink(name), named is null ? record : $"../{Digests}/{named}");
        }
    }

    private static string RecordTarget(ImageReference name, Digest imageId)
    {
        StringBuilder target = new("../../../");
        foreach (char c in name.Repository)
        {
            if (c == '/')
            {
                target.Append("../");
            }
        }

        return target.Append("_ids/").Append(imageId.Hex).ToString();
    }

    private static string? Target(string link) =>
        FileAt.TryReadLink(null, link, out byte[] target) == Errno.None ? Encoding.UTF8.GetString(target) : null;

    private static List<string> Directories(string path)
    {
        List<string> names = [];
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, path))
        {
            if (entry.Name[0] is not ((byte)'_' or (byte)'.') && entry.Type is FileType.Directory or FileType.Unknown)
            {
                names.Add(entry.Text);
            }
        }

        return names;
    }

    private static void Collect(string registry, string repository, string path, List<ImageName> names)
    {
        Dictionary<string, string> digests = [];
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Path.Combine(path, Digests)))
        {
            if (Digest.TryParse(entry.Text, out _) && Target(Path.Combine(path, Digests, entry.Text)) is { } target)
            {
                digests[entry.Text] = Path.GetFileName(target);
            }
        }

        foreach ((string text, string target) in digests)
        {
            Digest digest = Digest.Parse(text);
            bool isIndex = Digest.TryParse(target, out Digest manifest);
            string record = !isIndex ? target
                : digests.TryGetValue(target, out string? last) && !Digest.TryParse(last, out _) ? last
                : "";
            names.Add(new ImageName(
                new ImageReference(registry, repository, null, digest), digest, isIndex ? manifest : null, record));
        }

        Dictionary<Digest, ImageName> byDigest = names
            .Where(name => name.Reference.Registry == registry && name.Reference.Repository == repository)
            .ToDictionary(static name => name.Reference.Digest!.Value);
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Path.Combine(path, Tags)))
        {
            if (ReferenceGrammar.IsTag(entry.Text) && Target(Path.Combine(path, Tags, entry.Text)) is { } target)
            {
                string last = Path.GetFileName(target);
                Digest? digest = Digest.TryParse(last, out Digest parsed) ? parsed : null;
                names.Add(new ImageName(
                    new ImageReference(registry, repository, entry.Text),
                    digest,
                    digest,
                    digest is null ? last : byDigest.GetValueOrDefault(parsed)?.ImageIdHex ?? ""));
            }
        }

        foreach (string component in Directories(path))
        {
            Collect(
                registry,
                repository.Length == 0 ? component : $"{repository}/{component}",
                Path.Combine(path, component),
                names);
        }
    }

    private string TagLink(ImageReference name) => Path.Combine(layout.ImageRepository(name), Tags, name.Tag!);

    private string DigestLink(ImageReference name, Digest digest) =>
        Path.Combine(layout.ImageRepository(name), Digests, digest.ToString());

    private static void MakeLink(string link, string target, bool durable)
    {
        if (Target(link) == target)
        {
            return;
        }

        if (durable)
        {
            MakeDirectory(Path.GetDirectoryName(link)!);
            AtomicLink.Write(link, target);
        }
        else
        {
            FileAt.MakeDirectories(null, Path.GetDirectoryName(link)!, DirectoryMode);
            AtomicLink.WriteVolatile(link, target);
        }
    }

    /// <summary>A new directory is on disk before anything in it is.</summary>
    private static void MakeDirectory(string path)
    {
        Errno errno = FileAt.TryMakeDirectory(null, path, DirectoryMode);
        string parent = Path.GetDirectoryName(path)!;
        if (errno == Errno.ENOENT)
        {
            MakeDirectory(parent);
            errno = FileAt.TryMakeDirectory(null, path, DirectoryMode);
        }

        if (errno == Errno.None)
        {
            using Fd directory = FileAt.Open(null, parent, OpenFlags.Read | OpenFlags.Directory);
            FileContent.Sync(directory);
        }
        else if (errno != Errno.EEXIST)
        {
            throw new SyscallException("mkdirat", errno, path);
        }
    }
}
