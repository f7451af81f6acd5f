using System;

namespace FastRun.Native.Cgroups;

/// <summary>What may be done with a device.</summary>
[Flags]
public enum DeviceAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Make its node (mknod(2)).</summary>
    MakeNode = 1,

    /// <summary>Open it for reading.</summary>
    Read = 2,

    /// <summary>Open it for writing.</summary>
    Write = 4,

    /// <summary>Open it.</summary>
    ReadWrite = Read | Write,

    /// <summary>Everything.</summary>
    All = MakeNode | Read | Write,
}
