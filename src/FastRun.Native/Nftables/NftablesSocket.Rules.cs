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

    /// <summary>What the rules of a chain without a condition decide, and those of chains that they lead to.</summary>
    /// <exception cref="SyscallException">The kernel does not say; EINTR where the ruleset changed meanwhile.</exception>
    public ChainEnd EndOf(NftablesTable table, string chain)
    {
        Dictionary<string, List<UnconditionalRule>> rules = [];
        using NetlinkWriter request = new(256);
        Ask(request, NfTables.NFT_MSG_GETRULE, NetlinkFlags.Dump, table.Family, table.Name);
        request.Text(NfTables.NFTA_RULE_TABLE, table.Name);
        foreach (NetlinkMessage message in _socket.Query(request))
        {
            (string of, UnconditionalRule? rule) = ("", null);
            foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
            {
                if (attribute.Type == NfTables.NFTA_RULE_CHAIN)
                {
                    of = attribute.Text;
                }
                else if (attribute.Type == NfTables.NFTA_RULE_EXPRESSIONS)
                {
                    rule = Unconditional(attribute);
                }
            }

            if (rule is { } found)
            {
                if (!rules.TryGetValue(of, out List<UnconditionalRule>? list))
                {
                    rules.Add(of, list = []);
                }

                list.Add(found);
            }
        }

        return UnconditionalRule.Follow(name => rules.TryGetValue(name, out List<UnconditionalRule>? list) ? list : [], chain);
    }

    /// <summary>The verdict of a rule whose other expressions only count, log or comment; null for any other.</summary>
    private static UnconditionalRule? Unconditional(NetlinkAttribute expressions)
    {
        foreach (NetlinkAttribute expression in expressions.Nested)
        {
            string kind = "";
            UnconditionalRule? verdict = null;
            string extension = "";
            foreach (NetlinkAttribute part in expression.Nested)
            {
                if (part.Type == NfTables.NFTA_EXPR_NAME)
                {
                    kind = part.Text;
                }
                else if (part.Type == NfTables.NFTA_EXPR_DATA && kind is "immediate" or "target" or "match")
                {
                    foreach (NetlinkAttribute field in part.Nested)
                    {
                        if (kind == "immediate" && field.Type == NfTables.NFTA_IMMEDIATE_DATA)
                        {
                            verdict = ReadVerdict(field);
                        }
                        else if (kind != "immediate" && field.Type == NfTables.NFTA_TARGET_NAME)
                        {
                            extension = field.Text;
                        }
                    }
                }
            }

            switch (kind, extension)
            {
                case ("immediate", _) when verdict is not null:
                    return verdict;
                case ("reject", _) or ("target", "REJECT"):
                    return new UnconditionalRule(ChainEnd.Drops);
                case ("counter" or "log", _) or ("match", "comment") or ("target", "LOG" or "NFLOG"):
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static UnconditionalRule? ReadVerdict(NetlinkAttribute data)
    {
        foreach (NetlinkAttribute attribute in data.Nested)
        {
            if (attribute.Type != NfTables.NFTA_DATA_VERDICT)
            {
                continue;
            }

            (int code, string? chain) = (0, null);
            foreach (NetlinkAttribute part in attribute.Nested)
            {
                switch (part.Type)
                {
                    case NfTables.NFTA_VERDICT_CODE:
                        code = unchecked((int)part.UInt32BigEndian);
                        break;
                    case NfTables.NFTA_VERDICT_CHAIN:
                        chain = part.Text;
                        break;
                }
            }

            return code switch
            {
                Nfnetlink.NF_DROP => new UnconditionalRule(ChainEnd.Drops),
                Nfnetlink.NF_ACCEPT => new UnconditionalRule(ChainEnd.Accepts),
                NfTables.NFT_JUMP => new UnconditionalRule(ChainEnd.Continues, chain, ComesBack: true),
                NfTables.NFT_GOTO => new UnconditionalRule(ChainEnd.Continues, chain),
                NfTables.NFT_RETURN => new UnconditionalRule(ChainEnd.Continues),
                _ => null,
            };
        }

        return null;
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
