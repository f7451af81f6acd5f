using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.Tests.RuntimeSpec;

/// <summary>The expected sets are those of Docker's documentation ("Runtime privilege and Linux capabilities").</summary>
public sealed class CapabilityRulesTests
{
    /// <summary>A host that can give all but SYS_RESOURCE, like the machines that the tests run on.</summary>
    private static readonly CapabilitySet s_host = CapabilitySet.Known.Without(Capability.CAP_SYS_RESOURCE);

    [Fact]
    public void Resolve_NothingAsked_IsDockersDefault()
    {
        // The mask that /proc/self/status shows in a Docker container.
        Assert.Equal(0xa80425fbUL, Resolve([], []).Mask);
    }

    [Fact]
    public void Resolve_AddAndDropByName_ChangesTheDefault()
    {
        CapabilitySet set = Resolve(["net_admin"], ["CAP_CHOWN"]);

        Assert.Equal(
            DefaultCapabilities.Set.With(Capability.CAP_NET_ADMIN).Without(Capability.CAP_CHOWN), set);
    }

    [Fact]
    public void Resolve_DropAll_LeavesWhatIsAdded() =>
        Assert.Equal(CapabilitySet.Of(Capability.CAP_CHOWN), Resolve(["chown"], ["all"]));

    [Fact]
    public void Resolve_AddAll_IsWhatTheHostCanGiveWithoutTheDropped() =>
        Assert.Equal(s_host.Without(Capability.CAP_MKNOD), Resolve(["ALL"], ["MKNOD"]));

    [Fact]
    public void Resolve_AddAllAndDropAll_IsAll() => Assert.Equal(s_host, Resolve(["ALL"], ["ALL"]));

    [Fact]
    public void Resolve_SameNameAddedAndDropped_IsAdded() =>
        Assert.True(Resolve(["KILL"], ["KILL"]).Contains(Capability.CAP_KILL));

    [Fact]
    public void Resolve_Privileged_IsWhatTheHostCanGiveWhateverIsDropped() =>
        Assert.Equal(s_host, CapabilityRules.Resolve([], ["ALL"], true, s_host, out _));

    [Fact]
    public void Resolve_NamedButNotGivable_IsReportedAsNamed()
    {
        CapabilityRules.Resolve(["SYS_RESOURCE"], [], false, s_host, out CapabilitySet named);

        Assert.Equal(CapabilitySet.Of(Capability.CAP_SYS_RESOURCE), named);
    }

    [Theory]
    [InlineData("FOO", "")]
    [InlineData("", "CAP_FOO")]
    public void Resolve_UnknownName_IsInvalidAndNamesIt(string add, string drop)
    {
        EngineException exception = Assert.Throws<EngineException>(
            () => CapabilityRules.Resolve(add.Length > 0 ? [add] : [], drop.Length > 0 ? [drop] : [], privileged: true));

        Assert.Equal(ErrorKind.InvalidArgument, exception.Kind);
        Assert.Contains("FOO", exception.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_OnThisHost_GivesNoMoreThanTheProcessHolds()
    {
        CapabilitySet all = CapabilityRules.Resolve(["ALL"], [], privileged: false);

        Assert.Equal(all, all & CapabilitySet.OfThisProcess());
        CapabilitySet missing = CapabilitySet.Known.Except(all);
        foreach (Capability capability in missing.Members())
        {
            EngineException exception = Assert.Throws<EngineException>(
                () => CapabilityRules.Resolve([capability.Name()], [], privileged: false));
            Assert.Equal(ErrorKind.Unsupported, exception.Kind);
        }
    }

    private static CapabilitySet Resolve(string[] add, string[] drop) =>
        CapabilityRules.Resolve(add, drop, false, s_host, out _);
}
