using System;
using System.Collections.Generic;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <content>From the names of entries to directories that are held.</content>
internal sealed partial class TreeWriter
{
    /// <summary>A name as parent and last component; both empty for the target itself.</summary>
    /// <exception cref="LayerException">It leads out of the target.</exception>
    private (byte[] Parent, byte[] Name) Locate(ReadOnlySpan<byte> name)
    {
        List<byte[]> components = [];
        foreach (Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = name[range];
            if (component.SequenceEqual(".."u8))
            {
                if (components.Count == 0)
                {
                    throw Refused($"\"{LayerPath.ForMessage(name)}\" is outside of the directory to copy to");
                }

                components.RemoveAt(components.Count - 1);
            }
            else if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                components.Add(component.ToArray());
            }
        }

        if (components.Count == 0)
        {
            return ([], []);
        }

        byte[] last = components[^1];
        byte[] parent = [];
        for (int i = 0; i < components.Count - 1; i++)
        {
            parent = LayerPath.Join(parent, components[i]);
        }

        return (parent, last);
    }

    /// <summary>The directory that holds an entry, which stays this object's. Entries of one directory come one after another.</summary>
    private Fd Parent(byte[] path)
    {
        if (_parent is null || _parentPath is null || !path.AsSpan().SequenceEqual(_parentPath))
        {
            _parent?.Dispose();
            _parent = null;
            _parent = Open(path);
            _parentPath = path;
        }

        return _parent;
    }

    /// <summary>Opens a directory (O_PATH); what is missing of the way to it is made.</summary>
    private Fd Open(byte[] path)
    {
        Fd? found = TryOpen(path, out Errno errno);
        for (int slash = 0; found is null && errno == Errno.ENOENT; slash++)
        {
            // One new name at a time below a resolved parent: mkdirat never follows a link in the last component.
            int next = path.AsSpan(Math.Min(slash, path.Length)).IndexOf((byte)'/');
            int end = next < 0 ? path.Length : slash + next;
            int start = path.AsSpan(0, end).LastIndexOf((byte)'/');
            using Fd? above = TryOpen(start < 0 ? [] : path[..start], out errno);
            Errno made = above is null ? errno : FileAt.TryMakeDirectory(above, path[(start + 1)..end], EverybodyDirectory);
            if (made is not (Errno.None or Errno.EEXIST))
            {
                throw Failed("mkdirat", made, path);
            }

            if (next < 0)
            {
                break;
            }

            slash = end;
            errno = Errno.ENOENT;
        }

        return found ?? TryOpen(path, out errno) ?? throw Failed("openat2", errno, path);
    }

    private Fd? TryOpen(byte[] path, out Errno errno)
    {
        byte[] whole = path.Length == 0 ? prefix : prefix.Length == 0 ? path : [.. prefix, (byte)'/', .. path];
        return FileAt.TryOpen(
            root, whole.Length == 0 ? "."u8 : whole, OpenFlags.PathOnly | OpenFlags.Directory, 0, resolve, out errno);
    }

    /// <summary>Directories that the next entry is not in get their times: what was made in them has changed these.</summary>
    private void LeaveAbove(byte[]? next)
    {
        while (_entered.TryPeek(out (byte[] Path, FileTime Modified) top)
            && (next is null || next.Length <= top.Path.Length || next[top.Path.Length] != (byte)'/' || !next.AsSpan().StartsWith(top.Path)))
        {
            _entered.Pop();
            using Fd? directory = TryOpen(top.Path, out _);
            if (directory is not null)
            {
                using Fd? opened = FileAt.TryOpen(directory, ".", OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.None, out _);
                if (opened is not null)
                {
                    FileAt.TrySetTimes(opened, top.Modified, top.Modified);
                }
            }
        }
    }

    private LayerException Refused(string what) => new(LayerErrorKind.Malformed, $"{target.Description}: {what}");

    private Exception Failed(string syscall, Errno errno, ReadOnlySpan<byte> path) => errno switch
    {
        Errno.ENOSPC or Errno.EDQUOT => new LayerException(
            LayerErrorKind.DiskFull, $"{target.Description}: {LayerPath.ForMessage(path)}: {errno.Describe()}"),
        _ => new SyscallException(syscall, errno, LayerPath.ForMessage(path)),
    };
}
