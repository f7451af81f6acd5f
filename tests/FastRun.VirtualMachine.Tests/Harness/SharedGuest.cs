using System;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// The guest that all tests of one kernel share, booted when the first of them asks for it. They run one after another, and
/// beside those of other kernels. A test that breaks it gets a new one for those behind it.
/// </summary>
public abstract class SharedGuest : IDisposable
{
    private readonly GuestSystem _system;
    private readonly GuestKernel _kernel;
    private Guest? _guest;
    private InvalidOperationException? _bootFailure;

    private protected SharedGuest(GuestSystem system, GuestKernel kernel)
    {
        _system = system;
        _kernel = kernel;
    }

    /// <summary>The guest; skips the test where this machine cannot have one. It has a spare disk at <c>/dev/vdb</c>.</summary>
    internal Guest Guest
    {
        get
        {
            if (_guest is { IsRunning: false })
            {
                _guest.Dispose();
                _guest = null;
            }

            try
            {
                return _guest ??= _bootFailure is null ? Boot("", [NewDisk()], processors: 2) : throw _bootFailure;
            }
            catch (InvalidOperationException exception)
            {
                // Nobody wants to wait for that again.
                _bootFailure = exception;
                throw;
            }
        }
    }

    /// <summary>The guest, if a test has asked for it.</summary>
    internal Guest? Booted => _guest;

    /// <summary>Boots a guest of a test's own, with one processor, of which the test disposes.</summary>
    internal Guest Boot(params string[] disks) => Boot("", disks);

    /// <summary>The same, with more words for the kernel's command line.</summary>
    internal Guest BootWith(string kernelOptions) => Boot(kernelOptions, []);

    /// <summary>Makes a disk with an empty file system for a test, which goes with the run.</summary>
    internal string NewDisk()
    {
        const long Size = 96L << 20;
        string disk = System.IO.Path.Combine(NewDirectory(), "disk");
        GuestSystem.MakeDisk(disk, Size, ["-m", "0"]);
        return disk;
    }

    /// <summary>Makes a directory on the host for a test's files, which goes with the run.</summary>
    internal string NewDirectory() => _system.NewDirectory("test");

    private Guest Boot(string kernelOptions, string[] disks, int processors = 1)
    {
        string? reason = Hypervisor.Unavailable ?? _kernel.Unavailable;
        Assert.SkipWhen(reason is not null, reason ?? "");
        return Guest.Boot(_kernel, _system, disks, kernelOptions, processors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _guest?.Dispose();
        GC.SuppressFinalize(this);
    }
}
