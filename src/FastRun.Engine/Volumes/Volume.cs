using System;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Volumes;

/// <summary>A volume in use. While it is open a named volume cannot be removed.</summary>
public sealed class Volume : IDisposable
{
    private readonly Fd _directory;
    private readonly FileLock? _use;
    private readonly FileLock? _onlyUse;

    internal Volume(Fd directory, FileLock? use)
    {
        _directory = directory;
        _use = use;
        Data = FileAt.Open(
            directory, VolumeFiles.Data, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
    }

    /// <summary>A volume that is something else than a directory of ours.</summary>
    internal Volume(Fd directory, FileLock? use, FileLock? onlyUse, Fd mount)
    {
        _directory = directory;
        _use = use;
        _onlyUse = onlyUse;
        Data = mount;
        IsMount = true;
    }

    /// <summary>
    /// What containers see: a directory, as a path only (O_PATH); or with <see cref="IsMount"/> the root of a mount that is
    /// attached nowhere.
    /// </summary>
    public Fd Data { get; }

    /// <summary>Whether <see cref="Data"/> is a mount of its own.</summary>
    public bool IsMount { get; }

    /// <summary>
    /// Docker's rule for a volume that is mounted over a directory of the image: an empty volume takes the directory's
    /// content and attributes. A volume with anything in it is left alone, and so is one whose path is no directory of the
    /// image.
    /// </summary>
    /// <param name="root">The image's root: no symbolic link leads out of it.</param>
    /// <param name="path">The path in the image.</param>
    /// <param name="below">The directory of the volume that is mounted there. One that is not there is left to who mounts it.</param>
    /// <exception cref="SyscallException">The copy failed; the volume is as empty as before.</exception>
    public void FillIfEmpty(Fd root, string path, string below = VolumeFill.Whole)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(below);
        const ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
        using Fd? source = FileAt.TryOpen(root, path, OpenFlags.Read | OpenFlags.Directory, 0, resolve, out Errno errno);
        if (source is null)
        {
            if (errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            {
                throw new SyscallException("openat2", errno, path);
            }
        }
        else if (!IsMount)
        {
            VolumeFill.Run(_directory, source, below);
        }
        else if (FileAt.TryOpen(Data, below, OpenFlags.Read | OpenFlags.Directory, 0, resolve, out _) is { } target)
        {
            using (target)
            {
                FillMount(source, target);
            }
        }
    }

    /// <summary>
    /// A directory of the host, which others may be writing to: file by file, so a kill leaves those that are there, as in
    /// Docker.
    /// </summary>
    private void FillMount(Fd source, Fd directory)
    {
        if (_onlyUse is not null)
        {
            // Memory that was made a moment ago.
            TreeCopy.Content(source, directory);
            return;
        }

        foreach (DirectoryEntry _ in DirectoryContent.Read(directory))
        {
            return;
        }

        TreeArchive.Copy(source, ".", new TreeSelection(), directory, new TreeTarget { Description = "volume" });
        TreeCopy.Attributes(source, directory);
    }

    /// <summary>Lets go of it; its files stay.</summary>
    public void Dispose()
    {
        Data.Dispose();
        _directory.Dispose();
        _use?.Dispose();
        _onlyUse?.Dispose();
    }
}
