using System;
using System.IO;
using FastRun.Engine.Build.Cache;
using FastRun.Layers;

namespace FastRun.Engine.Tests.Build.Cache;

public sealed class BuildCacheUsageTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-cache-").FullName;

    /// <summary>As moby's build/prune has it: the most that stays, never below what is reserved, and less where the disk is to have more free.</summary>
    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(10, 0, 0, 10)]
    [InlineData(0, 20, 0, 20)]
    [InlineData(30, 20, 0, 30)]
    [InlineData(0, 0, 1, long.MaxValue)]
    [InlineData(0, 20, 1, 20)]
    [InlineData(0, 0, long.MaxValue, 0)]
    [InlineData(10, 20, long.MaxValue, 10)]
    public void Keep_OfWhatIsAsked_IsWhatAPruneLeaves(long reserved, long most, long free, long expected)
    {
        Directory.CreateDirectory(_directory + "/data");

        Assert.Equal(expected, new BuildCacheUsage(new StateLayout(_directory + "/data", _directory + "/run")).Keep(reserved, most, free));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
