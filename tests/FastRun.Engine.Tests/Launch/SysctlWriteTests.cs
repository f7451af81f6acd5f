using System.Collections.Generic;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

public sealed class SysctlWriteTests
{
    [Fact]
    public void Of_Names_BecomeFilesBelowProc() =>
        Assert.Equal(
            [new SysctlWrite("sys/net/ipv4/ip_forward", "1"), new SysctlWrite("sys/kernel/shm_rmid_forced", "0")],
            SysctlWrite.Of(new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1", ["kernel.shm_rmid_forced"] = "0" }));

    [Fact]
    public void Of_Nothing_IsNothing() => Assert.Empty(SysctlWrite.Of(new Dictionary<string, string>()));
}
