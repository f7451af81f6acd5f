namespace FastRun.Native.Mounts;

/// <summary>How mount events pass a mount, <c>MS_*</c> of mount_setattr(2).</summary>
public enum Propagation
{
    /// <summary>Leave as it is.</summary>
    Unchanged = 0,

    /// <summary>MS_PRIVATE.</summary>
    Private = 0x40000,

    /// <summary>MS_SLAVE.</summary>
    Slave = 0x80000,

    /// <summary>MS_SHARED.</summary>
    Shared = 0x100000,
}
