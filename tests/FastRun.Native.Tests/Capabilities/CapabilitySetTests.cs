using System;
using System.IO;
using System.Linq;
using FastRun.Native.Capabilities;

namespace FastRun.Native.Tests.Capabilities;

public sealed class CapabilitySetTests
{
    [Theory]
    [InlineData("CAP_SYS_ADMIN", Capability.CAP_SYS_ADMIN)]
    [InlineData("sys_admin", Capability.CAP_SYS_ADMIN)]
    [InlineData("cap_Net_Raw", Capability.CAP_NET_RAW)]
    [InlineData("CHECKPOINT_RESTORE", Capability.CAP_CHECKPOINT_RESTORE)]
    public void TryParse_AnyCaseWithOrWithoutPrefix_Finds(string name, Capability expected)
    {
        Assert.True(CapabilityNames.TryParse(name, out Capability capability));
        Assert.Equal(expected, capability);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CAP_")]
    [InlineData("CAP_CAP_CHOWN")]
    [InlineData("CHOWN ")]
    [InlineData("ALL")]
    [InlineData("LAST_CAP")]
    public void TryParse_NotACapability_IsFalse(string name) => Assert.False(CapabilityNames.TryParse(name, out _));

    [Fact]
    public void Name_EveryMember_IsTheEnumerationsName()
    {
        Assert.Equal(41, CapabilityNames.Count);
        foreach (Capability capability in Enum.GetValues<Capability>())
        {
            Assert.Equal(capability.ToString(), capability.Name());
        }
    }

    [Fact]
    public void Members_OfAMask_AreInTheKernelsOrder()
    {
        CapabilitySet set = CapabilitySet.Of(Capability.CAP_BPF, Capability.CAP_CHOWN).With(Capability.CAP_KILL);

        Assert.Equal(1UL | (1UL << 5) | (1UL << 39), set.Mask);
        Assert.Equal("CAP_CHOWN CAP_KILL CAP_BPF", set.ToString());
        Assert.Equal(new CapabilitySet(0x21), set.Without(Capability.CAP_BPF));
    }

    [Fact]
    public void OfThisProcess_EqualsWhatProcSays()
    {
        string[] status = File.ReadAllLines("/proc/thread-self/status");

        Assert.Equal(Field(status, "CapPrm:"), CapabilitySet.OfThisProcess().Mask);
        Assert.Equal(
            Field(status, "CapBnd:") & CapabilitySet.Known.Mask, ProcessCapabilities.Bounding(CapabilitySet.Known).Mask);
    }

    private static ulong Field(string[] status, string name) =>
        Convert.ToUInt64(status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim(), 16);
}
