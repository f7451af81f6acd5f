using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <content>What other people's rules say.</content>
public sealed partial class NftablesSocket
{
    /// <summary>Whether a table has a chain of a name.</summary>
    /// <exception cref="SyscallException">The kernel does not say.</exception>
    public bool HasChain(NftablesTable table, string name)
    {
        using NetlinkWriter request = new(256);
        Ask(request, NfTables.NFT_MSG_GETCHAIN, NetlinkFlags.None, table.Family, name);
        request.Text(NfTables.NFTA_CHAIN_TABLE, table.Name);
        request.Text(NfTables.NFTA_CHAIN_NAME, name);
        try
        {
            foreach (NetlinkMessage message in _socket.Query(request))
            {
                _ = message;
            }

            return true;
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether a rule of a table compares something with the name of an interface, or with a beginning of it (<c>fr*</c>), itself or in a
    /// set. That is what a rule about the interface looks like; what it decides is not looked at.
    /// </summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public bool Mentions(NftablesTable table, string interfaceName)
    {
        byte[] name = Encoding.UTF8.GetBytes(interfaceName);
        List<string> sets = [];
        using (NetlinkWriter request = new(256))
        {
            Ask(request, NfTables.NFT_MSG_GETRULE, NetlinkFlags.Dump, table.Family, table.Name);
            request.Text(NfTables.NFTA_RULE_TABLE, table.Name);
            bool found = false;
            foreach (NetlinkMessage message in _socket.Query(request))
            {
                foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
                {
                    found |= attribute.Type == NfTables.NFTA_RULE_EXPRESSIONS && Mentions(attribute, name, sets);
                }
            }

            if (found)
            {
                return true;
            }
        }

        foreach (string set in sets)
        {
            foreach (byte[] key in Keys(table, set))
            {
                if (IsNameOf(key, name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Mentions(NetlinkAttribute expressions, byte[] name, List<string> sets)
    {
        bool found = false;
        foreach (NetlinkAttribute expression in expressions.Nested)
        {
            string kind = "";
            foreach (NetlinkAttribute part in expression.Nested)
            {
                if (part.Type == NfTables.NFTA_EXPR_NAME)
                {
                    kind = part.Text;
                }
                else if (part.Type == NfTables.NFTA_EXPR_DATA)
                {
                    foreach (NetlinkAttribute field in part.Nested)
                    {
                        found |= kind == "cmp" && field.Type == NfTables.NFTA_CMP_DATA && IsNameOf(ReadValue(field), name);
                        if (kind == "lookup" && field.Type == NfTables.NFTA_LOOKUP_SET)
                        {
                            sets.Add(field.Text);
                        }
                    }
                }
            }
        }

        return found;
    }

    /// <summary>A whole name ends with NUL, or is as long as names can be; anything shorter is a beginning.</summary>
    private static bool IsNameOf(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
    {
        int end = value.IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? value : value[..end];
        return text.Length > 0 && (end < 0 ? name.StartsWith(text) : name.SequenceEqual(text));
    }
}
