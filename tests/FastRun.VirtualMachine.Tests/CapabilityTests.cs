using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>A caller with every capability that the kernel has can give every one, and raise limits.</summary>
public abstract class CapabilityTests(SharedGuest shared) : GuestTest(shared)
{
    private const string Sets = "grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status";

    [Fact]
    public void AllCapabilities_AreThoseOfTheCallersBoundingSet()
    {
        string[] caller = Guest.Script(Sets).Lines;
        Assert.Equal("CapBnd:\t000001ffffffffff", caller[2]);
        Assert.Equal(caller, Sandbox(["--cap-add=ALL"], "sh", "-c", Sets).Lines);
        Assert.Equal(caller, Sandbox(["--privileged"], "sh", "-c", Sets).Lines);
        Assert.All(Sandbox([], "sh", "-c", Sets).Lines, static line => Assert.EndsWith("00000000a80425fb", line, System.StringComparison.Ordinal));
    }

    [Fact]
    public void Ulimit_AboveTheHardLimitOfTheCaller_IsRaised() => Assert.Equal(
        "600000\n700000\n",
        Guest.Script($"ulimit -Hn 1000; fastrun exec --no-workspace --ulimit nofile=600000:700000 {GuestImages.Busybox} -- sh -c 'ulimit -Sn; ulimit -Hn'").Stdout);
}

[Collection<Linux61Collection>]
public sealed class CapabilitiesOnLinux61(Linux61 shared) : CapabilityTests(shared);

[Collection<Linux612Collection>]
public sealed class CapabilitiesOnLinux612(Linux612 shared) : CapabilityTests(shared);
