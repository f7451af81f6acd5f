using System;
using FastRun.Engine.Launch.Devices;
using FastRun.Native;

namespace FastRun.Engine.Launch;

/// <summary>What a container has as descriptors 0 to 2.</summary>
internal abstract class ContainerStreams : IDisposable
{
    /// <summary>Which descriptors /dev/null stands in for: bit i stands for descriptor i.</summary>
    internal virtual int NullDescriptors => 0;

    /// <summary>The number in its devpts of the terminal that it has, which becomes the controlling one; null without one.</summary>
    internal virtual int? TerminalIndex => null;

    /// <summary>Opens what must be opened before the launch of a container.</summary>
    /// <exception cref="Errors.EngineException">It cannot be.</exception>
    internal void Open(DeviceFilesystem devices, ProcessIdentity identity)
    {
        Open(devices.Terminals, identity);
        if (TerminalIndex is not null)
        {
            devices.MakeConsole();
        }
    }

    /// <summary>Opens what must be opened before a process is started.</summary>
    /// <param name="devpts">Where a terminal is allocated; null where the process has none.</param>
    /// <param name="identity">Whose it is.</param>
    /// <exception cref="Errors.EngineException">It cannot be opened.</exception>
    internal abstract void Open(Fd? devpts, ProcessIdentity identity);

    /// <summary>What becomes a descriptor; null where it is this process's own, or the null device.</summary>
    internal abstract Fd? Descriptor(int number);

    /// <inheritdoc/>
    public abstract void Dispose();
}
