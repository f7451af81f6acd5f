using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>What a descriptor is ready for (poll(2)).</summary>
[Flags]
public enum PollEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>POLLIN: it can be read, or its end was reached.</summary>
    Readable = struct_pollfd.POLLIN,

    /// <summary>POLLPRI: something exceptional, such as a change of cgroup.events.</summary>
    Exceptional = struct_pollfd.POLLPRI,

    /// <summary>POLLOUT: it can be written.</summary>
    Writable = struct_pollfd.POLLOUT,

    /// <summary>POLLERR: an error, or nobody reads what would be written. Reported without being asked for.</summary>
    Error = struct_pollfd.POLLERR,

    /// <summary>POLLHUP: the other side is closed. Reported without being asked for.</summary>
    HungUp = struct_pollfd.POLLHUP,
}
