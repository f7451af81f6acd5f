using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>What a kernel without a controller makes of a limit that needs it.</summary>
public abstract class MissingControllerTests(SharedGuest shared) : GuestTest(shared)
{
    [Fact]
    public void Limit_OfAControllerThatTheKernelDoesNotHave_IsRefusedAndOthersWork()
    {
        using Guest guest = Shared.BootWith("cgroup_disable=memory");
        string[] exec = ["exec", "--no-workspace"];

        guest.FastRun([.. exec, "--memory", "64m", GuestImages.Busybox, "--", "true"]).FailsWith(125, "memory");
        guest.FastRun([.. exec, "--pids-limit", "50", GuestImages.Busybox, "--", "true"]).Exits(0);
        Assert.Equal("", guest.Script("ls /var/lib/fastrun/containers").Output);
    }
}

[Collection<Linux61BootsCollection>]
public sealed class MissingControllersOnLinux61(Linux61 shared) : MissingControllerTests(shared);

[Collection<Linux612BootsCollection>]
public sealed class MissingControllersOnLinux612(Linux612 shared) : MissingControllerTests(shared);
