using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

/// <summary>What file systems promise.</summary>
public sealed class FileSystemKindTests
{
    [Theory]
    [InlineData("/dev/shm", true)]
    [InlineData("/proc/version", false)]
    [InlineData("/sys/kernel", false)]
    public void KeepsChangeTimes_OfKindsThatAreEverywhere(string path, bool expected)
    {
        using Fd file = FileAt.Open(null, path, OpenFlags.Read);
        Assert.Equal(expected, FileSystemKind.KeepsChangeTimes(file));
    }

    [Fact]
    public void AvailableBytes_IsSomeOfWhatThereIs_OrNothing()
    {
        using Fd memory = FileAt.Open(null, "/dev/shm", OpenFlags.Read);
        Assert.InRange(FileSystemKind.AvailableBytes(memory), 1, new System.IO.DriveInfo("/dev/shm").TotalSize);
        using Fd process = FileAt.Open(null, "/proc/version", OpenFlags.Read);
        Assert.Equal(0, FileSystemKind.AvailableBytes(process));
    }
}
