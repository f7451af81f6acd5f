using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Mounts;

/// <summary>A file system being configured (fsopen(2)), to become a mount that is attached nowhere yet.</summary>
public sealed unsafe class FilesystemContext : IDisposable
{
    private readonly string _type;
    private readonly Fd _context;

    /// <summary>Opens a context for a file system type.</summary>
    /// <exception cref="SyscallException">ENODEV where the kernel does not have the type; EPERM without CAP_SYS_ADMIN.</exception>
    public FilesystemContext(string type)
    {
        _type = type;
        using CString name = new(type, stackalloc byte[64]);
        _context = Fd.FromResult(
            Kernel.fast_syscall(Sys.fsopen, name.Address, Mount.FSOPEN_CLOEXEC, 0, 0, 0, 0), "fsopen", type);
    }

    /// <summary>Sets an option; its value has at most 255 bytes (fsconfig(2)).</summary>
    /// <exception cref="SyscallException">EINVAL for an option that the type does not have or a value it does not take.</exception>
    public void Set(string key, string value)
    {
        using CString name = new(key, stackalloc byte[64]);
        using CString text = new(value, stackalloc byte[512]);
        nint result = Kernel.fast_syscall(
            Sys.fsconfig, _context.Number, Mount.FSCONFIG_SET_STRING, name.Address, text.Address, 0, 0);
        if (result < 0)
        {
            throw new SyscallException("fsconfig", (Errno)(-result), $"{_type} {key}={value}");
        }
    }

    /// <summary>Tries to set an option; false where the kernel refuses it.</summary>
    public bool TrySet(string key, string value)
    {
        using CString name = new(key, stackalloc byte[64]);
        using CString text = new(value, stackalloc byte[512]);
        return Kernel.fast_syscall(
            Sys.fsconfig, _context.Number, Mount.FSCONFIG_SET_STRING, name.Address, text.Address, 0, 0) == 0;
    }

    /// <summary>Sets an option that has no value.</summary>
    /// <exception cref="SyscallException">EINVAL for an option that the type does not have.</exception>
    public void Set(string flag)
    {
        using CString name = new(flag, stackalloc byte[64]);
        SyscallException.Check(
            Kernel.fast_syscall(Sys.fsconfig, _context.Number, Mount.FSCONFIG_SET_FLAG, name.Address, 0, 0, 0),
            "fsconfig",
            flag);
    }

    /// <summary>Makes the file system and returns its root as a detached mount.</summary>
    /// <exception cref="SyscallException">The options do not work together, or a path in them does not exist.</exception>
    public Fd CreateMount(MountAttributes attributes)
    {
        nint result = Kernel.fast_syscall(
            Sys.fsconfig, _context.Number, Mount.FSCONFIG_CMD_CREATE, 0, 0, 0, 0);
        if (result < 0)
        {
            throw new SyscallException("fsconfig", (Errno)(-result), _type + Explanation());
        }

        return Fd.FromResult(
            Kernel.fast_syscall(
                Sys.fsmount, _context.Number, Mount.FSMOUNT_CLOEXEC, (nint)attributes, 0, 0, 0),
            "fsmount",
            _type);
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    /// <summary>What the kernel logged about the failure; reading the context returns one message (fsopen(2)).</summary>
    private string Explanation()
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* at = buffer)
        {
            nint length = Kernel.fast_syscall(Sys.read, _context.Number, (nint)at, buffer.Length, 0, 0, 0);
            return length <= 2 ? "" : " (" + System.Text.Encoding.UTF8.GetString(buffer[2..(int)length]).Trim() + ")";
        }
    }
}
