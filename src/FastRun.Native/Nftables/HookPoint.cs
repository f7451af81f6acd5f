using FastRun.Native.Interop;

namespace FastRun.Native.Nftables;

/// <summary>A hook of the kernel's packet flow; the bridge family numbers them alike.</summary>
public enum HookPoint
{
    /// <summary>Whatever comes in, before it is routed.</summary>
    Prerouting = Nfnetlink.NF_INET_PRE_ROUTING,

    /// <summary>What is for this host.</summary>
    Input = Nfnetlink.NF_INET_LOCAL_IN,

    /// <summary>What goes on to another host.</summary>
    Forward = Nfnetlink.NF_INET_FORWARD,

    /// <summary>What this host sends.</summary>
    Output = Nfnetlink.NF_INET_LOCAL_OUT,

    /// <summary>Whatever goes out, after it was routed.</summary>
    Postrouting = Nfnetlink.NF_INET_POST_ROUTING,
}
