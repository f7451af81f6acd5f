using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>Steps on files and descriptors.</summary>
public sealed unsafe partial class LaunchTape
{
    /// <summary>The current directory as a directory descriptor.</summary>
    public const int CurrentDirectory = Mount.AT_FDCWD;

    /// <summary>openat2(2): opens a path below a directory, as <paramref name="how"/> says.</summary>
    public void Open(TapeArgument directory, string path, in OpenHow how, Slot result, Errno tolerated = Errno.None) =>
        Add(
            Sys.openat2,
            directory,
            Text(path),
            Structure(how),
            sizeof(OpenHow),
            result: result,
            tolerated: tolerated);

    /// <summary>write(2) of bytes that already are in the arena.</summary>
    public void Write(TapeArgument descriptor, nint bytes, int count, Errno tolerated = Errno.None) =>
        Add(Sys.write, descriptor, bytes, count, tolerated: tolerated);

    /// <summary>close(2).</summary>
    public void Close(TapeArgument descriptor, Errno tolerated = Errno.None) =>
        Add(Sys.close, descriptor, tolerated: tolerated);

    /// <summary>dup3(2) without flags: <paramref name="to"/> becomes a copy that survives execve.</summary>
    public void Duplicate(TapeArgument from, int to) => Add(Sys.dup3, from, to);

    /// <summary>close_range(2) from a number up: closes them all at once.</summary>
    public void CloseFrom(int first) => Add(Sys.close_range, first, uint.MaxValue, 0);

    /// <summary>close_range(2) with CLOSE_RANGE_CLOEXEC: whatever is open from a number up will not survive execve.</summary>
    public void CloseOnExecFrom(int first) => Add(Sys.close_range, first, uint.MaxValue, 4);

    /// <summary>fcntl(F_SETFD) without FD_CLOEXEC: the descriptor survives execve under its number.</summary>
    public void KeepOnExec(Fd descriptor) => Add(Sys.fcntl, descriptor, 2 /* F_SETFD */, 0);

    /// <summary>chdir(2), of a path that the caller vouches for.</summary>
    public void ChangeDirectory(string path) => Add(Sys.chdir, Text(path));

    /// <summary>fchdir(2).</summary>
    public void ChangeDirectory(TapeArgument directory) => Add(Sys.fchdir, directory);

    /// <summary>ioctl(2).</summary>
    public void Ioctl(TapeArgument descriptor, long request, TapeArgument argument) =>
        Add(Sys.ioctl, descriptor, request, argument);

    /// <summary>socket(2), close-on-exec.</summary>
    public void Socket(int family, int type, Slot result) =>
        Add(Sys.socket, family, type | 0x80000, 0, result: result);

    /// <summary>ppoll(2) on one descriptor without a timeout, until it is readable.</summary>
    public void WaitReadable(Fd descriptor) =>
        Add(Sys.ppoll, Structure((long)(uint)descriptor.Number | (1L << 32)), 1, 0, 0, 8);
}
