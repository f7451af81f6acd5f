using System;
using FastRun.Native.Nftables;

namespace FastRun.Native.Tests.Nftables;

/// <summary>What other people's rules decide, as nft makes them.</summary>
public sealed class NftablesRulesTests : IDisposable
{
    private readonly TestNamespace _namespace = new();

    [Theory]
    [InlineData("", ChainEnd.Continues)]
    [InlineData("drop", ChainEnd.Drops)]
    [InlineData("accept", ChainEnd.Accepts)]
    [InlineData("counter drop", ChainEnd.Drops)]
    [InlineData("log prefix \"x\" counter reject", ChainEnd.Drops)]
    [InlineData("reject with icmpx admin-prohibited", ChainEnd.Drops)]
    [InlineData("drop comment \"on purpose\"", ChainEnd.Drops)]
    [InlineData("tcp dport 25 drop", ChainEnd.Continues)]
    [InlineData("ct state invalid drop", ChainEnd.Continues)]
    [InlineData("iifname fr0 accept; drop", ChainEnd.Drops)]
    [InlineData("accept; drop", ChainEnd.Accepts)]
    [InlineData("counter; meta mark set 1; drop", ChainEnd.Drops)]
    [InlineData("jump last", ChainEnd.Drops)]
    [InlineData("goto last", ChainEnd.Drops)]
    [InlineData("tcp dport 25 jump last", ChainEnd.Continues)]
    [InlineData("jump empty; drop", ChainEnd.Drops)]
    [InlineData("goto empty; drop", ChainEnd.Continues)]
    [InlineData("jump back; drop", ChainEnd.Drops)]
    [InlineData("return; drop", ChainEnd.Continues)]
    public void EndOf_IsWhatTheRulesWithoutAConditionDecide(string rules, ChainEnd end)
    {
        _namespace.Nft(
            $"table inet fw {{ chain last {{ tcp dport 22 accept; jump deeper; }}; chain deeper {{ counter reject; }}; chain empty {{ }}; chain back {{ return; drop; }}; chain c {{ type filter hook forward priority 0; {rules}; }}; }}".Replace("0; ;", "0;", StringComparison.Ordinal),
            "-f",
            "-");
        Assert.Equal(end, _namespace.Run(static () =>
        {
            using NftablesSocket socket = NftablesSocket.Open();
            return socket.EndOf(new NftablesTable(TableFamily.Inet, "fw"), "c");
        }));
    }

    public void Dispose() => _namespace.Dispose();
}
