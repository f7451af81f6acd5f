using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Tests.Networks.Addresses;

public sealed class SubnetPoolTests
{
    [Fact]
    public void Choose_SkipsWhatIsTaken()
    {
        SubnetPool pool = new(SubnetPool.Defaults);
        Assert.Equal("10.210.0.0/24", pool.Choose(false, []).ToString());
        Assert.Equal("10.210.1.0/24", pool.Choose(false, [Parse("10.210.0.128/25")]).ToString());
        Assert.Equal("10.212.0.0/24", pool.Choose(false, [Parse("10.210.0.0/15"), Parse("192.168.0.0/16")]).ToString());
        Assert.Equal("172.28.0.0/24", pool.Choose(false, [Parse("10.0.0.0/8")]).ToString());
    }

    [Fact]
    public void Defaults_HoldThousandsOfNetworksThatDoNotOverlap()
    {
        Assert.True(SubnetPool.Defaults.Sum(static block => 1L << (block.PartLength - block.Base.PrefixLength)) > 10_000);
        foreach (AddressBlock block in SubnetPool.Defaults)
        {
            Assert.Single(SubnetPool.Defaults, other => other.Base.Overlaps(block.Base));
        }
    }

    [Fact]
    public void Choose_AllTaken_SaysSo()
    {
        SubnetPool pool = new([new AddressBlock(Parse("10.9.0.0/30"), 31)]);
        EngineException failure = Assert.Throws<EngineException>(() => pool.Choose(false, [Parse("10.9.0.0/30")]));
        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Equal("all predefined address pools have been fully subnetted", failure.Message);
        Assert.Throws<EngineException>(() => pool.Choose(true, []));
    }

    [Fact]
    public void UniqueLocal_IsOfRfc4193()
    {
        AddressBlock block = SubnetPool.UniqueLocal([0x12, 0x34, 0x56, 0x78, 0x9a]);
        Assert.Equal("fd12:3456:789a::/48", block.Base.ToString());
        Assert.Equal("fd12:3456:789a:1::/64", new SubnetPool([block]).Choose(true, [Parse("fd12:3456:789a::/64")]).ToString());
    }

    private static Subnet Parse(string text) => Subnet.TryParse(text, out Subnet subnet, out _) ? subnet : throw new System.ArgumentException(text);
}
