using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Networks.Names;

public sealed class ReverseNameTests
{
    [Theory]
    [InlineData("2.0.210.10.in-addr.arpa", "10.210.0.2")]
    [InlineData("2.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "fd00::1:2")]
    public void TryParse_OfDigX_IsTheAddress(string name, string address) =>
        Assert.Equal(address, ReverseName.TryParse(name)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("in-addr.arpa")]
    [InlineData(".in-addr.arpa")]
    [InlineData("0.210.10.in-addr.arpa")]
    [InlineData("1.2.0.210.10.in-addr.arpa")]
    [InlineData("256.0.210.10.in-addr.arpa")]
    [InlineData("+2.0.210.10.in-addr.arpa")]
    [InlineData("d.f.ip6.arpa")]
    [InlineData("02.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa")]
    [InlineData("g.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa")]
    [InlineData("2.0.210.10.in-addr.arpa.example")]
    public void TryParse_OtherNames_AreNone(string name) => Assert.Null(ReverseName.TryParse(name));
}
