using System;
using System.Diagnostics;
using FastRun.Native.Nftables;

namespace FastRun.Native.Tests.Nftables;

/// <summary>The firewall before nf_tables, as its own program makes it, in a namespace of a test's own.</summary>
public sealed class LegacyFilterTests : IDisposable
{
    private readonly TestNamespace _namespace = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_WhereThereIsNone_IsNull_AndMakesNone(bool isIPv6)
    {
        Assert.Null(Read(isIPv6));
        Assert.Null(Read(isIPv6));
    }

    [Theory]
    [InlineData("-P FORWARD DROP", true)]
    [InlineData("-P FORWARD ACCEPT", false)]
    [InlineData("-P INPUT DROP", false)]
    [InlineData("-A FORWARD -j DROP", true)]
    [InlineData("-A FORWARD -j REJECT", true)]
    [InlineData("-A FORWARD -p tcp -j DROP", false)]
    [InlineData("-A FORWARD -i wan0 -j DROP", false)]
    [InlineData("-A FORWARD -m conntrack --ctstate INVALID -j DROP", false)]
    [InlineData("-A INPUT -j DROP", false)]
    [InlineData("-P FORWARD DROP; -A FORWARD -j ACCEPT", false)]
    [InlineData("-A FORWARD -j ACCEPT; -A FORWARD -j DROP", false)]
    [InlineData("-N last; -A last -p udp -j ACCEPT; -A last -j DROP; -A FORWARD -j last", true)]
    [InlineData("-N last; -A last -j DROP; -A FORWARD -p udp -j last", false)]
    [InlineData("-N last; -A last -j RETURN; -A last -j DROP; -A FORWARD -j last", false)]
    [InlineData("-N last; -A FORWARD -j last; -A FORWARD -j DROP", true)]
    [InlineData("-A FORWARD -j LOG; -A FORWARD -j DROP", true)]
    public void DropsForwarded_IsWhatBecomesOfAPacketOfWhichNoConditionSaysAnything(string rules, bool drops)
    {
        foreach (bool isIPv6 in new[] { false, true })
        {
            foreach (string rule in rules.Split("; "))
            {
                Tables(isIPv6, rule);
            }

            Assert.Equal(drops, Read(isIPv6)!.DropsForwarded);
        }
    }

    [Theory]
    [InlineData("-A FORWARD -i fr0 -j ACCEPT", true)]
    [InlineData("-A FORWARD -o fr0 -j ACCEPT", true)]
    [InlineData("-A FORWARD -i fr+ -j ACCEPT", true)]
    [InlineData("-A FORWARD -i fr01 -j ACCEPT", false)]
    [InlineData("-A FORWARD -i wan+ -j ACCEPT", false)]
    [InlineData("-A FORWARD -j ACCEPT", false)]
    public void Mentions_ARuleWithTheInterface(string rule, bool mentions)
    {
        foreach (bool isIPv6 in new[] { false, true })
        {
            Tables(isIPv6, rule);
            Assert.Equal(mentions, Read(isIPv6)!.Mentions("fr0"));
        }
    }

    [Fact]
    public void HasChain_OfSomebodysOwn()
    {
        Tables(isIPv6: false, "-N DOCKER-USER");
        Assert.True(Read(isIPv6: false)!.HasChain("DOCKER-USER"));
        Assert.False(Read(isIPv6: false)!.HasChain("DOCKER"));
        Assert.Null(Read(isIPv6: true));
    }

    public void Dispose() => _namespace.Dispose();

    private LegacyFilter? Read(bool isIPv6) => _namespace.Run(() => LegacyFilter.Read(isIPv6));

    private void Tables(bool isIPv6, string rule) => _namespace.Run(() =>
    {
        ProcessStartInfo start = new(isIPv6 ? "ip6tables-legacy" : "iptables-legacy", ["-w", "60", .. rule.Split(' ')]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{start.FileName} {rule}: {error}");
    });
}
