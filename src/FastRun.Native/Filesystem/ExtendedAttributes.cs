using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Extended attributes (xattr(7)) of a name in a directory, whatever its type: the calls that take an open file refuse
/// symbolic links and devices. The name must be a single component; it is never followed.
/// </summary>
public static unsafe class ExtendedAttributes
{
    /// <summary>lsetxattr(2) where an errno is expected.</summary>
    public static Errno TrySet(Fd directory, ReadOnlySpan<byte> name, PathName attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* path = Below(directory, name))
        fixed (byte* key = attribute.Terminate(stackalloc byte[PathName.StackSize]))
        fixed (byte* bytes = value)
        {
            nint result = Kernel.syscall(Sys.lsetxattr, (nint)path, (nint)key, (nint)bytes, value.Length, 0, 0);
            GC.KeepAlive(directory);
            return result < 0 ? (Errno)(-result) : Errno.None;
        }
    }

    /// <summary>fsetxattr(2) of an open file or directory, where an errno is expected.</summary>
    public static Errno TrySet(Fd file, PathName attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* key = attribute.Terminate(stackalloc byte[PathName.StackSize]))
        fixed (byte* bytes = value)
        {
            nint result = Kernel.syscall(Sys.fsetxattr, file.Number, (nint)key, (nint)bytes, value.Length, 0, 0);
            GC.KeepAlive(file);
            return result < 0 ? (Errno)(-result) : Errno.None;
        }
    }

    /// <summary>fgetxattr(2) of an open file or directory: the value, or null where the attribute is not set or not supported.</summary>
    public static byte[]? Get(Fd file, PathName attribute)
    {
        byte[]? value = Get(Sys.fgetxattr, file.Number, "fgetxattr", attribute);
        GC.KeepAlive(file);
        return value;
    }

    /// <summary>flistxattr(2) of an open file or directory: whether it has any attribute.</summary>
    public static bool HasAny(Fd file)
    {
        nint result = Kernel.syscall(Sys.flistxattr, file.Number, 0, 0, 0, 0, 0);
        GC.KeepAlive(file);
        return result > 0 || (result < 0 && result != -(nint)Errno.EOPNOTSUPP && SyscallException.Check(result, "flistxattr") > 0);
    }

    /// <summary>flistxattr(2) of an open file or directory: the attributes' names; none where the file system has no attributes.</summary>
    public static IReadOnlyList<string> List(Fd file)
    {
        string[] names = List(Sys.flistxattr, file.Number, "flistxattr");
        GC.KeepAlive(file);
        return names;
    }

    /// <summary>lsetxattr(2).</summary>
    public static void Set(Fd directory, ReadOnlySpan<byte> name, PathName attribute, ReadOnlySpan<byte> value)
    {
        Errno errno = TrySet(directory, name, attribute, value);
        if (errno != Errno.None)
        {
            throw new SyscallException("lsetxattr", errno, attribute.ToString());
        }
    }

    /// <summary>lgetxattr(2): the value, or null where the attribute is not set or not supported.</summary>
    public static byte[]? Get(Fd directory, ReadOnlySpan<byte> name, PathName attribute)
    {
        fixed (byte* path = Below(directory, name))
        {
            byte[]? value = Get(Sys.lgetxattr, (nint)path, "lgetxattr", attribute);
            GC.KeepAlive(directory);
            return value;
        }
    }

    /// <summary>llistxattr(2): the attributes' names; none where the file system has no attributes.</summary>
    public static IReadOnlyList<string> List(Fd directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* path = Below(directory, name))
        {
            string[] names = List(Sys.llistxattr, (nint)path, "llistxattr");
            GC.KeepAlive(directory);
            return names;
        }
    }

    /// <summary>lremovexattr(2); an attribute that is not set is no error.</summary>
    public static void Remove(Fd directory, ReadOnlySpan<byte> name, PathName attribute)
    {
        fixed (byte* path = Below(directory, name))
        fixed (byte* key = attribute.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result = Kernel.syscall(Sys.lremovexattr, (nint)path, (nint)key, 0, 0, 0, 0);
            GC.KeepAlive(directory);
            if (result != -(nint)Errno.ENODATA)
            {
                SyscallException.Check(result, "lremovexattr", attribute.ToString());
            }
        }
    }

    /// <summary>
    /// The name below the directory's own entry in /proc: kernels before 6.13 have no *xattrat calls. With one component
    /// behind the descriptor nothing is left to swap.
    /// </summary>
    private static byte[] Below(Fd directory, ReadOnlySpan<byte> name)
    {
        if (name.ContainsAny((byte)'/', (byte)0))
        {
            throw new ArgumentException("a single path component is expected");
        }

        string prefix = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.Number}/");
        byte[] path = new byte[prefix.Length + name.Length + 1];
        Encoding.ASCII.GetBytes(prefix, path);
        name.CopyTo(path.AsSpan(prefix.Length));
        return path;
    }

    private static byte[]? Get(int nr, nint at, string syscall, PathName attribute)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* key = attribute.Terminate(stackalloc byte[PathName.StackSize]))
        {
            while (true)
            {
                nint result;
                fixed (byte* bytes = buffer)
                {
                    result = Kernel.syscall(nr, at, (nint)key, (nint)bytes, buffer.Length, 0, 0);
                }

                switch ((Errno)(-result))
                {
                    case Errno.ENODATA or Errno.EOPNOTSUPP:
                        return null;
                    case Errno.ERANGE when buffer.Length < Fcntl.XATTR_SIZE_MAX:
                        buffer = new byte[Fcntl.XATTR_SIZE_MAX];
                        break;
                    default:
                        SyscallException.Check(result, syscall, attribute.ToString());
                        return buffer[..(int)result].ToArray();
                }
            }
        }
    }

    private static string[] List(int nr, nint at, string syscall)
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (true)
        {
            nint result;
            fixed (byte* bytes = buffer)
            {
                result = Kernel.syscall(nr, at, (nint)bytes, buffer.Length, 0, 0, 0);
            }

            switch ((Errno)(-result))
            {
                case Errno.EOPNOTSUPP:
                    return [];
                case Errno.ERANGE when buffer.Length < Fcntl.XATTR_LIST_MAX:
                    buffer = new byte[Fcntl.XATTR_LIST_MAX];
                    break;
                default:
                    SyscallException.Check(result, syscall);
                    return result == 0 ? [] : Encoding.UTF8.GetString(buffer[..(int)result])
                        .Split('\0', StringSplitOptions.RemoveEmptyEntries);
            }
        }
    }
}
