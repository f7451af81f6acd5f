using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class HeldLocksTests
{
    // As /proc/locks of Linux 6.18 printed them, with a waiter and a POSIX lock.
    private static readonly string[] s_lines =
    [
        "1: FLOCK  ADVISORY  READ 8421 fe:01:4711 0 EOF",
        "2: FLOCK  ADVISORY  READ 8422 fe:01:4711 0 EOF",
        "2: -> FLOCK  ADVISORY  WRITE 8423 fe:01:4711 0 EOF",
        "3: POSIX  ADVISORY  WRITE 999 fe:01:4712 0 EOF",
        "4: FLOCK  ADVISORY  WRITE 77 00:2a:4713 0 EOF",
        "nonsense",
        "5: FLOCK  ADVISORY  WRITE 77 zz:01:1 0 EOF",
    ];

    [Theory]
    [InlineData(4711, 0xfe_0000_0001UL, 2)]
    [InlineData(4711, 0xfe_0000_0002UL, 0)]
    [InlineData(4712, 0xfe_0000_0001UL, 0)]
    [InlineData(4713, 0xfe_0000_0001UL, 1)]
    [InlineData(4711, 0x2aUL, 2)]
    public void Count_Lines_TellsHoldersOfTheFile(ulong inode, ulong device, int holders)
    {
        Assert.Equal(holders, HeldLocks.Parse(s_lines).Count(Status(inode, device)));
    }

    [Fact]
    public void Count_TornReading_IsOutvoted()
    {
        string[] twice = [s_lines[4], .. s_lines];
        string[] hidden = [.. s_lines[..4], .. s_lines[5..]];
        foreach (string[] torn in (string[][])[twice, hidden])
        {
            Assert.Equal(1, HeldLocks.Parse(s_lines, torn, s_lines).Count(Status(4713, 0xfe_0000_0001UL)));
        }
    }

    [Fact]
    public void Read_HeldFile_IsCountedUntilReleased()
    {
        using TemporaryDirectory root = new();
        using (FileLock.Acquire(root.Fd, "lock", FileLockMode.Shared))
        using (FileLock.Acquire(root.Fd, "lock", FileLockMode.Shared))
        {
            Assert.Equal(2, HeldLocks.Read().Count(FileAt.Stat(root.Fd, "lock")));
        }

        Assert.Equal(0, HeldLocks.Read().Count(FileAt.Stat(root.Fd, "lock")));
    }

    private static FileStatus Status(ulong inode, ulong device) => new()
    {
        Mode = 0, Uid = 0, Gid = 0, Size = 0, Blocks = 0, Inode = inode, Device = device, Node = default,
        LinkCount = 1, Modified = default, Changed = default, MountId = 0,
    };
}
