using System;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>Tests that run in the guest of one kernel. What its console said is part of a failure.</summary>
public abstract class GuestTest(SharedGuest shared) : IDisposable
{
    /// <summary>What boots more of them.</summary>
    private protected SharedGuest Shared => shared;

    /// <summary>The shared guest.</summary>
    private protected Guest Guest => shared.Guest;

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
