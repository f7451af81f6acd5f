using System;

namespace FastRun.Native.Netlink;

/// <summary>The flags of a request, <c>nlmsg_flags</c> of netlink(7). NLM_F_REQUEST goes with every one.</summary>
[Flags]
internal enum NetlinkFlags
{
    /// <summary>NLM_F_REQUEST alone: only an error is answered.</summary>
    None = 0,

    /// <summary>NLM_F_REQUEST.</summary>
    Request = 0x1,

    /// <summary>NLM_F_MULTI: of a reply in parts.</summary>
    Multipart = 0x2,

    /// <summary>NLM_F_ACK: success is answered too.</summary>
    Acknowledge = 0x4,

    /// <summary>NLM_F_DUMP_INTR: of a reply whose subject changed meanwhile.</summary>
    Interrupted = 0x10,

    /// <summary>NLM_F_REPLACE, of requests that make something.</summary>
    Replace = 0x100,

    /// <summary>NLM_F_NONREC, of requests that delete: not what is in it.</summary>
    NotRecursive = 0x100,

    /// <summary>NLM_F_EXCL: fail with EEXIST where it is there already.</summary>
    Exclusive = 0x200,

    /// <summary>NLM_F_DUMP, of requests that ask: all there are.</summary>
    Dump = 0x300,

    /// <summary>NLM_F_CREATE.</summary>
    Create = 0x400,

    /// <summary>NLM_F_APPEND.</summary>
    Append = 0x800,
}
