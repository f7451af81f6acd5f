using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <summary>What becomes of a packet.</summary>
public readonly record struct Verdict
{
    private readonly int _code;
    private readonly string? _chain;

    private Verdict(int code, string? chain = null) => (_code, _chain) = (code, chain);

    /// <summary>It goes through, as far as this table is concerned.</summary>
    public static Verdict Accept => new(Nfnetlink.NF_ACCEPT);

    /// <summary>It is dropped.</summary>
    public static Verdict Drop => new(Nfnetlink.NF_DROP);

    /// <summary>The chain that jumped here goes on.</summary>
    public static Verdict Return => new(NfTables.NFT_RETURN);

    /// <summary>Another chain is gone through first.</summary>
    public static Verdict Jump(string chain) => new(NfTables.NFT_JUMP, chain);

    /// <summary>Another chain is gone through instead: this one does not go on.</summary>
    public static Verdict Goto(string chain) => new(NfTables.NFT_GOTO, chain);

    internal void Write(NetlinkWriter writer)
    {
        using NetlinkWriter.Nest verdict = writer.Nested(NfTables.NFTA_DATA_VERDICT);
        writer.UInt32BigEndian(NfTables.NFTA_VERDICT_CODE, unchecked((uint)_code));
        if (_chain is not null)
        {
            writer.Text(NfTables.NFTA_VERDICT_CHAIN, _chain);
        }
    }
}
