using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>Says what a host lacks.</summary>
internal static class FirewallSupport
{
    private const string Hint = "use --network none, or --network host to share the host's network";

    /// <summary>The error for what the kernel had against a transaction.</summary>
    internal static EngineException Explain(SyscallException exception)
    {
        string? missing = (exception.Syscall, exception.Errno) switch
        {
            ("socket", Errno.EPROTONOSUPPORT) => "the kernel has no nfnetlink (CONFIG_NETFILTER_NETLINK, module nfnetlink)",
            ("nf_tables", Errno.EOPNOTSUPP or Errno.EINVAL) => "the kernel has no nf_tables (CONFIG_NF_TABLES, module nf_tables)",
            ("nft add table" or "nft add chain", Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT or Errno.ENOENT) =>
                "the kernel's nf_tables lacks the families inet or bridge, or NAT (CONFIG_NF_TABLES_INET, CONFIG_NF_TABLES_BRIDGE, CONFIG_NFT_NAT)",
            ("nft add rule", Errno.EOPNOTSUPP or Errno.ENOENT) =>
                "the kernel's nf_tables lacks a kind of rule (CONFIG_NFT_CT, CONFIG_NFT_NAT, CONFIG_NFT_MASQ, CONFIG_NFT_FIB_INET)",
            _ => null,
        };
        return exception.Errno is Errno.EPERM or Errno.EACCES
            ? new EngineException(ErrorKind.PermissionDenied, $"network: its firewall cannot be changed: {exception.Message}", exception)
            : missing is not null
            ? new EngineException(ErrorKind.Unsupported, $"network: its firewall cannot be made: {missing}", exception, Hint)
            : new EngineException(ErrorKind.Internal, $"network: its firewall cannot be changed: {exception.Message}", exception);
    }
}
