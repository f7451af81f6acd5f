using System.Linq;
using FastRun.Native.Cgroups;

namespace FastRun.Native.Tests.Cgroups;

/// <summary>The texts are those of cgroup-v1/memory.rst, cgroup-v1/blkio-controller.rst and cgroup-v2.rst.</summary>
public sealed class CgroupDetailCountersTests
{
    [Fact]
    public void Keyed_LinesWithANumber_AreKeptInOrder() => Assert.Equal(
        ["anon 4096", "file 0", "hierarchical_memory_limit 9223372036854771712"],
        CgroupDetailCounters.Keyed("anon 4096\nfile 0\nbad\nworse x\n\nhierarchical_memory_limit 9223372036854771712").Select(static each => each.ToString()));

    [Fact]
    public void Operations_OfV1_AreThoseOfDevices_WithoutTheSum() => Assert.Equal(
        ["8:0 Read 10", "8:16 Total 3"],
        CgroupDetailCounters.Operations("8:0 Read 10\n8:16 Total 3\nTotal 13\nx:0 Read 1\n8: Read 1").Select(static each => each.ToString()));

    [Fact]
    public void Transfers_OfV2_AreBytes() => Assert.Equal(
        ["8:0 read 1", "8:0 write 2", "259:1 read 0"],
        CgroupDetailCounters.Transfers("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n259:1 rbytes=0 wbytes=x\n8:1\nnone").Select(static each => each.ToString()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_IsNothing(string? text)
    {
        Assert.Empty(CgroupDetailCounters.Keyed(text));
        Assert.Empty(CgroupDetailCounters.Operations(text));
        Assert.Empty(CgroupDetailCounters.Transfers(text));
    }
}
