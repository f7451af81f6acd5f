using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Build.Steps;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Build.Cache;

/// <summary>
/// The directories of <c>RUN --mount=type=cache</c>, kept by id between builds: <c>build-cache/mounts/&lt;sha256 of the id&gt;-&lt;n&gt;/{data,lock}</c>.
/// The first is the one that all share; others are made where <c>sharing=private</c> finds it in use.
/// </summary>
internal sealed class CacheMounts(BuildSession session, IReadOnlyDictionary<string, BuildState> sources)
{
    private const int DirectoryMode = 0b_111_000_000;
    private const int LongestName = 64 * 1024;
    private const string IdName = "id";

    /// <summary>The directory of its files.</summary>
    internal const string Data = "data";

    /// <summary>The file by which its users keep it; its time is that of the last use.</summary>
    internal const string LockName = "lock";

    /// <summary>Opens one for a step, and keeps it as long as the step takes.</summary>
    /// <param name="mount">What is asked for.</param>
    /// <param name="target">Its place, which is its id where it has none.</param>
    /// <param name="vertex">What waiting belongs to.</param>
    /// <param name="opened">Keeps the lock.</param>
    /// <returns>A detached mount.</returns>
    /// <exception cref="OperationCanceledException">A wait was ended.</exception>
    internal Fd Open(RunMount mount, string target, BuildVertex vertex, OpenedMounts opened)
    {
        FileAt.MakeDirectories(null, session.Layout.BuildMounts, DirectoryMode);
        string id = mount.Id is { Length: > 0 } given ? given : target;
        string name = NameOf(id);
        string directory = DirectoryOf(session.Layout, id);
        if (mount.Sharing == CacheSharing.Private)
        {
            for (int number = 0; ; number++)
            {
                directory = Path.Combine(session.Layout.BuildMounts, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
                FileAt.MakeDirectories(null, directory, DirectoryMode);
                session.Cancellation.ThrowIfCancellationRequested();
                if (FileLock.TryAcquireOrCreate(null, Path.Combine(directory, LockName), FileLockMode.Exclusive, out _) is { } alone)
                {
                    opened.Hold(alone);
                    break;
                }
            }
        }
        else
        {
            opened.Hold(Lock(
                directory,
                mount.Sharing == CacheSharing.Locked ? FileLockMode.Exclusive : FileLockMode.Shared,
                () => session.Observer.Status(vertex, $"waiting for the cache {id}")));
        }

        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        FileAt.SetTimes(null, Path.Combine(directory, LockName), new FileTime(now, 0), new FileTime(now, 0));
        return Mount(mount, Furnish(mount, directory, id));
    }

    /// <summary>The directory that all share who use an id.</summary>
    internal static string DirectoryOf(StateLayout layout, string id) => Path.Combine(layout.BuildMounts, NameOf(id) + "-0");

    private static string NameOf(string id) => new CacheKey("mount-1").Add(id).Finish();

    /// <summary>The id that a directory was made for.</summary>
    internal static string DescriptionOf(string directory) =>
        "cached mount " + (FileContent.TryReadAll(null, Path.Combine(directory, IdName), LongestName) is { } id ? Encoding.UTF8.GetString(id) : "");

    /// <summary>Removes one unless a step uses it.</summary>
    internal static bool TryRemove(StateLayout layout, string name)
    {
        string directory = Path.Combine(layout.BuildMounts, name);
        using FileLock? alone = FileLock.TryAcquire(null, Path.Combine(directory, LockName), FileLockMode.Exclusive, out _);
        if (alone is null)
        {
            return false;
        }

        // Whoever waits for the lock finds that its name means nothing, and makes all anew.
        string trash = Path.Combine(layout.Trash, RandomBytes.NewId());
        FileAt.MakeDirectories(null, layout.Trash, DirectoryMode);
        FileAt.Rename(null, directory, null, trash);
        TreeRemoval.Delete(null, trash);
        return true;
    }

    private FileLock Lock(string directory, FileLockMode mode, Action waiting)
    {
        while (true)
        {
            FileAt.MakeDirectories(null, directory, DirectoryMode);
            try
            {
                return FileLock.AcquirePatiently(Path.Combine(directory, LockName), mode, waiting, session.Cancellation);
            }
            catch (SyscallException e) when (e.Errno == Errno.ENOENT)
            {
                // It was pruned meanwhile: it is made anew.
            }
        }
    }

    /// <summary>Its owner and mode are those of the first step that used it.</summary>
    private string Furnish(RunMount mount, string directory, string id)
    {
        string data = Path.Combine(directory, Data);
        if (FileAt.TryStat(null, data, out _) != Errno.None)
        {
            AtomicFile.WriteVolatile(Path.Combine(directory, IdName), Encoding.UTF8.GetBytes(id));

            // By rename, so that none is ever seen half made.
            string made = NewDirectory(directory);
            if (session.Imports.MayHaveMount(id) && !TryImport(id, made))
            {
                TreeRemoval.Delete(null, made);
                made = NewDirectory(directory);
            }

            using (Fd opened = FileAt.OpenDirectory(null, made))
            using (Fd readable = FileAt.Open(opened, ".", OpenFlags.Read | OpenFlags.Directory))
            {
                if (mount.From is { Length: > 0 } from)
                {
                    using SourceView view = SourceView.Open(session.Layout, sources[from], from);
                    using Fd source = FileAt.Open(view.Mount, mount.Source ?? ".", OpenFlags.Read | OpenFlags.Directory, 0, RootTree.InRoot);
                    TreeCopy.Content(source, readable);
                }

                FileAt.ChangeOwner(readable, mount.Uid ?? 0, mount.Gid ?? 0);
                FileAt.ChangeMode(readable, mount.Mode ?? 0b_111_101_101);
            }

            if (FileAt.TryRename(null, made, null, data, RenameFlags.NoReplace) != Errno.None)
            {
                TreeRemoval.Delete(null, made);
            }
        }

        return data;
    }

    private static string NewDirectory(string directory)
    {
        string made = Path.Combine(directory, AtomicFile.TemporaryPrefix + RandomBytes.NewId());
        FileAt.MakeDirectory(null, made, DirectoryMode);
        return made;
    }

    private bool TryImport(string id, string made)
    {
        using Fd opened = FileAt.OpenDirectory(null, made);
        return session.Imports.TryUnpackMount(id, opened);
    }

    private static Fd Mount(RunMount mount, string data)
    {
        using Fd root = FileAt.Open(null, data, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);

        // Steps write to it: no link in it leads out of it.
        using Fd source = FileAt.Open(
            root, mount is { From: null or "", Source: { Length: > 0 } path } ? path : ".", OpenFlags.PathOnly, 0, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        Fd tree = MountTree.Clone(source, recursive: false);
        if (mount.ReadOnly)
        {
            MountTree.SetAttributes(tree, MountAttributes.ReadOnly);
        }

        return tree;
    }
}
