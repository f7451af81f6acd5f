using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Numbers of asm-generic/resource.h.</summary>
public sealed class ResourceLimitsTests
{
    [Theory]
    [InlineData("cpu", 0)]
    [InlineData("core", 4)]
    [InlineData("nproc", 6)]
    [InlineData("nofile", 7)]
    [InlineData("memlock", 8)]
    [InlineData("rttime", 15)]
    public void Of_Name_BecomesTheKernelsNumber(string name, int resource) =>
        Assert.Equal(
            [new ResourceLimit(resource, 0, 0)], ResourceLimits.Of([new Ulimit(name, 0, 0)], default));

    [Fact]
    public void Of_MinusOne_IsUnlimited() =>
        Assert.Equal(
            [new ResourceLimit(7, 1024, ulong.MaxValue)],
            ResourceLimits.Of([new Ulimit("nofile", 1024, -1)], CapabilitySet.Of(Capability.CAP_SYS_RESOURCE)));

    [Fact]
    public void Of_HardLimitAboveTheHosts_NeedsTheCapability()
    {
        ulong most = CurrentLimit.Hard(7);
        Assert.SkipWhen(most >= long.MaxValue, "no open file limit here");
        Ulimit[] above = [new Ulimit("nofile", 1, (long)most + 1)];

        EngineException e = Assert.Throws<EngineException>(() => ResourceLimits.Of(above, default));

        Assert.Equal(ErrorKind.Unsupported, e.Kind);
        Assert.Contains("ulimit nofile", e.Message, System.StringComparison.Ordinal);
        List<ResourceLimit> allowed = ResourceLimits.Of(above, CapabilitySet.Of(Capability.CAP_SYS_RESOURCE));
        Assert.Equal([new ResourceLimit(7, 1, most + 1)], allowed);
        Assert.Equal([new ResourceLimit(7, 1, most)], ResourceLimits.Of([new Ulimit("nofile", 1, (long)most)], default));
    }
}
