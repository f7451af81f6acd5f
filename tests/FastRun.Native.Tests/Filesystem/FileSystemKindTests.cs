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
}
