using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Tests.Interop;

/// <summary>What Filesystem takes for the kernel's is the kernel's.</summary>
public sealed class FilesystemHeaderTests
{
    private static readonly string[] s_kernel =
        ["linux/openat2.h", "linux/stat.h", "linux/time_types.h", "linux/limits.h", "linux/fs.h"];

    private static readonly string[] s_libc = ["fcntl.h", "sys/stat.h", "sys/file.h", "unistd.h"];

    [Fact]
    public void Structs_HaveTheKernelsLayout() => Check(
        s_kernel,
        ("sizeof(struct open_how)", Unsafe.SizeOf<open_how>()),
        ("sizeof(struct statx)", Unsafe.SizeOf<struct_statx>()),
        ("offsetof(struct statx, stx_mode)", OffsetInStatx(static (ref struct_statx s) => ref Unsafe.As<ushort, byte>(ref s.stx_mode))),
        ("offsetof(struct statx, stx_ino)", OffsetInStatx(static (ref struct_statx s) => ref Unsafe.As<ulong, byte>(ref s.stx_ino))),
        ("offsetof(struct statx, stx_mtime)", OffsetInStatx(static (ref struct_statx s) => ref Unsafe.As<statx_timestamp, byte>(ref s.stx_mtime))),
        ("offsetof(struct statx, stx_rdev_major)", OffsetInStatx(static (ref struct_statx s) => ref Unsafe.As<uint, byte>(ref s.stx_rdev_major))),
        ("offsetof(struct statx, stx_mnt_id)", OffsetInStatx(static (ref struct_statx s) => ref Unsafe.As<ulong, byte>(ref s.stx_mnt_id))),
        ("sizeof(struct statx_timestamp)", Unsafe.SizeOf<statx_timestamp>()),
        ("sizeof(struct __kernel_timespec)", Unsafe.SizeOf<__kernel_timespec>()));

    [Fact]
    public void KernelConstants_AreTheHeaders() => Check(
        s_kernel,
        ("RESOLVE_NO_XDEV", (long)ResolveFlags.NoMountCrossing),
        ("RESOLVE_NO_MAGICLINKS", (long)ResolveFlags.NoMagicLinks),
        ("RESOLVE_NO_SYMLINKS", (long)ResolveFlags.NoSymbolicLinks),
        ("RESOLVE_BENEATH", (long)ResolveFlags.Beneath),
        ("RESOLVE_IN_ROOT", (long)ResolveFlags.InRoot),
        ("RESOLVE_CACHED", (long)ResolveFlags.Cached),
        ("RENAME_NOREPLACE", (long)RenameFlags.NoReplace),
        ("RENAME_EXCHANGE", (long)RenameFlags.Exchange),
        ("STATX_BASIC_STATS", Fcntl.STATX_BASIC_STATS),
        ("STATX_MNT_ID", Fcntl.STATX_MNT_ID),
        ("PATH_MAX", Fcntl.PATH_MAX),
        ("XATTR_SIZE_MAX", Fcntl.XATTR_SIZE_MAX),
        ("XATTR_LIST_MAX", Fcntl.XATTR_LIST_MAX));

    [Fact]
    public void LibcConstants_AreTheHeaders() => Check(
        s_libc,
        ("AT_FDCWD", Fcntl.AT_FDCWD),
        ("AT_SYMLINK_NOFOLLOW", Fcntl.AT_SYMLINK_NOFOLLOW),
        ("AT_REMOVEDIR", Fcntl.AT_REMOVEDIR),
        ("AT_EMPTY_PATH", Fcntl.AT_EMPTY_PATH),
        ("LOCK_SH", (long)FileLockMode.Shared),
        ("LOCK_EX", (long)FileLockMode.Exclusive),
        ("LOCK_NB", Fcntl.LOCK_NB),
        ("LOCK_UN", Fcntl.LOCK_UN),
        ("SEEK_SET", Fcntl.SEEK_SET),
        ("S_IFIFO", (long)FileType.Fifo),
        ("S_IFCHR", (long)FileType.CharacterDevice),
        ("S_IFDIR", (long)FileType.Directory),
        ("S_IFBLK", (long)FileType.BlockDevice),
        ("S_IFREG", (long)FileType.Regular),
        ("S_IFLNK", (long)FileType.SymbolicLink),
        ("S_IFSOCK", (long)FileType.Socket));

    [Fact]
    public void OpenFlags_AreTheHeadersWithCloseOnExec() => Check(
        s_libc,
        ("O_RDONLY | O_CLOEXEC", OpenFlags.Read.ToKernel()),
        ("O_WRONLY | O_CLOEXEC", OpenFlags.Write.ToKernel()),
        ("O_RDWR | O_CLOEXEC", OpenFlags.ReadWrite.ToKernel()),
        ("O_CREAT | O_CLOEXEC", OpenFlags.Create.ToKernel()),
        ("O_EXCL | O_CLOEXEC", OpenFlags.Exclusive.ToKernel()),
        ("O_NOCTTY | O_CLOEXEC", OpenFlags.NoControllingTerminal.ToKernel()),
        ("O_TRUNC | O_CLOEXEC", OpenFlags.Truncate.ToKernel()),
        ("O_APPEND | O_CLOEXEC", OpenFlags.Append.ToKernel()),
        ("O_NONBLOCK | O_CLOEXEC", OpenFlags.NonBlocking.ToKernel()),
        ("O_DIRECTORY | O_CLOEXEC", OpenFlags.Directory.ToKernel()),
        ("O_NOFOLLOW | O_CLOEXEC", OpenFlags.NoFollow.ToKernel()),
        ("O_PATH | O_CLOEXEC", OpenFlags.PathOnly.ToKernel()),
        ("O_TMPFILE | O_CLOEXEC", OpenFlags.Unnamed.ToKernel()));

    /// <summary>arm64 has two of the flags elsewhere (its <c>asm/fcntl.h</c>: O_DIRECTORY 040000, O_NOFOLLOW 0100000).</summary>
    [Theory]
    [InlineData(OpenFlags.Directory, 0x84000)]
    [InlineData(OpenFlags.NoFollow, 0x88000)]
    [InlineData(OpenFlags.Create | OpenFlags.Write, 0x80041)]
    public void OpenFlags_OnArm64_AreItsOwn(OpenFlags flags, int expected) =>
        Assert.Equal(expected, flags.ToKernel(arm64: true));

    private delegate ref byte Field(ref struct_statx value);

    private static long OffsetInStatx(Field field)
    {
        struct_statx value = default;
        return Unsafe.ByteOffset(ref Unsafe.As<struct_statx, byte>(ref value), ref field(ref value));
    }

    private static void Check(string[] headers, params (string Expression, long Value)[] expected)
    {
        string prologue = "#define _GNU_SOURCE\n#include <stddef.h>\n"
            + string.Concat(headers.Select(static header => $"#include <{header}>\n"));
        IReadOnlyDictionary<string, long> values = CHeaders.Evaluate(
            prologue, [.. expected.Select(static pair => pair.Expression)]);
        Assert.Equal(
            expected.Select(pair => $"{pair.Expression} = {values[pair.Expression]}"),
            expected.Select(static pair => $"{pair.Expression} = {pair.Value}"));
    }
}
