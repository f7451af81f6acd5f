using System;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>Tests that run in the guest of one kernel. What its console said is part of a failure.</summary>
public abstract class GuestTest(SharedGuest shared) : IDisposable
{
    /// <summary>What boots more of them.</summary>
    private protected SharedGuest Shared => shared;

    /// <summary>The shared guest.</summary>
    private protected Guest Guest => shared.Guest;

    /// <summary>Runs a command in a sandbox of busybox, without a workspace.</summary>
    private protected CommandResult Sandbox(string[] flags, params string[] command) =>
        Guest.FastRun(["exec", "--no-workspace", .. flags, GuestImages.Busybox, "--", .. command]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && shared.Booted is { } guest)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"the console of the guest:\n{guest.Console}");
        }

        GC.SuppressFinalize(this);
    }
}
