using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Native;

namespace FastRun.Engine.Tests.Networks.Firewall;

public sealed class FirewallSupportTests
{
    [Theory]
    [InlineData("socket", Errno.EPROTONOSUPPORT, "nfnetlink")]
    [InlineData("nf_tables", Errno.EOPNOTSUPP, "no nf_tables")]
    [InlineData("nft add table", Errno.EOPNOTSUPP, "CONFIG_NF_TABLES_BRIDGE")]
    [InlineData("nft add chain", Errno.ENOENT, "CONFIG_NF_TABLES_BRIDGE")]
    [InlineData("nft add rule", Errno.ENOENT, "CONFIG_NFT_FIB_INET")]
    public void Explain_WhatTheKernelLacks_IsNamed(string operation, Errno errno, string named)
    {
        EngineException exception = FirewallSupport.Explain(new SyscallException(operation, errno));

        Assert.Equal(ErrorKind.Unsupported, exception.Kind);
        Assert.Contains(named, exception.Message);
        Assert.Contains("--network none", exception.Hint);
    }

    [Fact]
    public void Explain_WithoutTheRight_IsPermissionDenied() =>
        Assert.Equal(ErrorKind.PermissionDenied, FirewallSupport.Explain(new SyscallException("nft add table", Errno.EPERM)).Kind);

    [Fact]
    public void Explain_AnythingElse_KeepsWhatTheKernelSaid() =>
        Assert.Contains("nft add element", FirewallSupport.Explain(new SyscallException("nft add element", Errno.ENOSPC)).Message);
}
