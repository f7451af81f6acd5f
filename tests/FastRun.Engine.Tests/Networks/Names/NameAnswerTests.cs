using System.Collections.Generic;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks.Names;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Networks.Names;

public sealed class NameAnswerTests
{
    private static readonly string s_db = new('d', 64);
    private static readonly string s_web = new('e', 64);
    private static readonly string s_dead = new('f', 64);

    private static readonly NetworkNames s_front = new(
        "front",
        isInternal: false,
        resolvesNames: true,
        [
            new NamedEndpoint(s_db, "db", [s_db[..12], "store"], [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fd00::2")], ProcessInstance.Current),
            new NamedEndpoint(s_web, "web", [s_web[..12], "store"], [IPAddress.Parse("10.0.0.3")], ProcessInstance.Current),
            new NamedEndpoint(s_dead, "dead", ["store"], [IPAddress.Parse("10.0.0.4")], default),
        ]);

    [Theory]
    [InlineData("db")]
    [InlineData("DB")]
    [InlineData("db.front")]
    [InlineData("dddddddddddd")]
    [InlineData("dddddddddddd.front")]
    [InlineData("link")]
    public void TryFind_NameShortIdAndLink_AreTheAddress(string name) => Assert.Equal(["10.0.0.2"], Find(name, DnsType.A));

    [Fact]
    public void TryFind_IPv6_IsTheOtherAddress_AndNothingWhereThereIsNone()
    {
        Assert.Equal(["fd00::2"], Find("db", DnsType.Aaaa));
        Assert.Equal([], Find("web", DnsType.Aaaa));
        Assert.Equal([], Find("db", (DnsType)15));
    }

    [Fact]
    public void TryFind_AliasOfTwo_IsBoth_WithoutWhoWasKilled() =>
        Assert.Equal(["10.0.0.2", "10.0.0.3"], Find("store", DnsType.A)!.Order());

    [Theory]
    [InlineData("dead")]
    [InlineData("db.back")]
    [InlineData("other")]
    [InlineData("")]
    [InlineData(".front")]
    public void TryFind_Unknown_IsNotOurs(string name) => Assert.Null(Find(name, DnsType.A));

    [Fact]
    public void TryFind_OtherClass_IsNotOurs() =>
        Assert.Null(NameAnswer.TryFind(new DnsQuestion("db", DnsType.A, 3), [s_front], new Dictionary<string, string>()));

    [Fact]
    public void TryFind_Address_IsTheNameWithTheNetworks()
    {
        Assert.Equal("web.front", Reverse("3.0.0.10.in-addr.arpa"));
        Assert.Null(Reverse("9.0.0.10.in-addr.arpa"));
        Assert.Null(Reverse("4.0.0.10.in-addr.arpa"));
    }

    [Fact]
    public void TryFind_NetworkWithoutNames_KnowsWhoIsInItAndNoMore()
    {
        NetworkNames bridge = new(
            "bridge", false, resolvesNames: false, [new NamedEndpoint(s_db, "db", [], [IPAddress.Loopback], ProcessInstance.Current)]);
        Assert.True(bridge.Contains(s_db));
        Assert.False(bridge.Contains(s_web));
        Assert.Null(bridge.TryFind("db"));
        Assert.Null(bridge.TryFind(IPAddress.Loopback));
    }

    private static List<string>? Find(string name, DnsType type)
    {
        NameAnswer? answer = NameAnswer.TryFind(
            new DnsQuestion(name, type, 1), [s_front], new Dictionary<string, string> { ["link"] = "db" });
        return answer?.Addresses.Select(address => address.ToString()).ToList();
    }

    private static string? Reverse(string name) =>
        NameAnswer.TryFind(new DnsQuestion(name, DnsType.Ptr, 1), [s_front], new Dictionary<string, string>())?.Name;
}
