using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>A directory of a cgroup file system, held by descriptor: each name below is one component.</summary>
internal sealed unsafe class CgroupDirectory : IDisposable
{
    private CgroupDirectory(Fd handle, string path)
    {
        Handle = handle;
        Path = path;
    }

    /// <summary>An O_PATH descriptor.</summary>
    internal Fd Handle { get; }

    /// <summary>Where it is, for messages only.</summary>
    internal string Path { get; }

    /// <summary>Takes the root of a file system that is already held.</summary>
    internal static CgroupDirectory Adopt(Fd root, string path) => new(root, path);

    /// <summary>Opens a directory by absolute path if it is on the file system that <paramref name="magic"/> tells.</summary>
    internal static CgroupDirectory? TryOpen(string path, long magic)
    {
        Fd? handle = OpenAt(Fcntl.AT_FDCWD, path, CgroupFs.O_PATH, out _);
        if (handle is null)
        {
            return null;
        }

        struct_statfs status = default;
        if (Kernel.fast_syscall(Sys.fstatfs, handle.Number, (nint)(&status), 0, 0, 0, 0) == 0 && status.f_type == magic)
        {
            return new CgroupDirectory(handle, path);
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Opens a child; null where there is none.</summary>
    internal CgroupDirectory? TryOpenChild(string name)
    {
        Fd? handle = OpenAt(Handle.Number, name, CgroupFs.O_PATH, out Errno errno);
        return handle is not null ? new CgroupDirectory(handle, Join(name))
            : errno == Errno.ENOENT ? null
            : throw new SyscallException("openat", errno, Join(name));
    }

    /// <summary>Makes a child; EEXIST is told apart from success, everything else throws.</summary>
    /// <returns>False where it was there.</returns>
    internal bool TryMakeChild(string name)
    {
        using CString text = new(name, stackalloc byte[256]);
        nint result = Kernel.syscall(Sys.mkdirat, Handle.Number, text.Address, 0x1ED, 0, 0, 0);
        if (result == -(int)Errno.EEXIST)
        {
            return false;
        }

        return result == 0 ? true : throw new SyscallException("mkdirat", (Errno)(-result), Join(name));
    }

    /// <summary>Makes a child where there is none, and opens it.</summary>
    internal CgroupDirectory OpenOrMakeChild(string name, out bool made)
    {
        made = TryMakeChild(name);
        return TryOpenChild(name) ?? throw new SyscallException("openat", Errno.ENOENT, Join(name));
    }

    /// <summary>The same directory under a descriptor of its own.</summary>
    internal CgroupDirectory Duplicate() =>
        new(OpenAt(Handle.Number, ".", CgroupFs.O_PATH, out Errno errno) ?? throw new SyscallException("openat", errno, Path), Path);

    /// <summary>The names of its children; none where it is gone.</summary>
    internal List<string> Children()
    {
        List<string> names = [];
        using Fd? directory = OpenAt(Handle.Number, ".", CgroupFs.O_RDONLY, out _);
        if (directory is not null)
        {
            foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
            {
                if (entry.Type == FileType.Directory)
                {
                    names.Add(entry.Text);
                }
            }
        }

        return names;
    }

    /// <summary>rmdir(2) of a child.</summary>
    internal Errno TryRemoveChild(string name)
    {
        using CString text = new(name, stackalloc byte[256]);
        return (Errno)(-Kernel.syscall(Sys.unlinkat, Handle.Number, text.Address, Fcntl.AT_REMOVEDIR, 0, 0, 0));
    }

    /// <summary>Opens a control file; null where it does not exist.</summary>
    internal Fd? TryOpenFile(string name, int flags)
    {
        Fd? handle = OpenAt(Handle.Number, name, flags, out Errno errno);
        return handle is not null || errno == Errno.ENOENT ? handle
            : throw new SyscallException("openat", errno, Join(name));
    }

    /// <summary>Writes a control file; ENOENT where it does not exist.</summary>
    internal Errno TryWrite(string name, string value)
    {
        using Fd? file = OpenAt(Handle.Number, name, CgroupFs.O_WRONLY, out Errno errno);
        if (file is null)
        {
            return errno;
        }

        int length = Encoding.UTF8.GetByteCount(value);
        using CString text = new(value, stackalloc byte[128]);
        nint written = Kernel.syscall(Sys.write, file.Number, text.Address, length, 0, 0, 0);
        return written < 0 ? (Errno)(-written) : Errno.None;
    }

    /// <summary>Writes a control file.</summary>
    internal void Write(string name, string value)
    {
        Errno errno = TryWrite(name, value);
        if (errno != Errno.None)
        {
            throw new SyscallException("write", errno, $"'{value}' to {Join(name)}");
        }
    }

    /// <summary>The content of a control file without its last newline; null where it does not exist or cannot be read.</summary>
    internal string? TryRead(string name)
    {
        using Fd? file = OpenAt(Handle.Number, name, CgroupFs.O_RDONLY, out _);
        return file is null ? null : ControlText.TryRead(file);
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    /// <summary>The path of something below, for messages.</summary>
    internal string Join(string name) => Path + "/" + name;

    private static Fd? OpenAt(int directory, string name, int flags, out Errno errno)
    {
        using CString text = new(name, stackalloc byte[512]);
        nint result = Kernel.fast_syscall(
            Sys.openat, directory, text.Address, flags | CgroupFs.O_CLOEXEC, 0, 0, 0);
        errno = result < 0 ? (Errno)(-result) : Errno.None;
        return result < 0 ? null : new Fd((int)result);
    }
}
