using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch;

/// <summary>/etc/resolv.conf of a container: the host's, with what the request sets in place of it (resolv.conf(5)).</summary>
internal static class ResolvConf
{
    private const int Limit = 64 * 1024;

    internal static string Of(ContainerCreateRequest request)
    {
        string host = Host();
        return request.Dns.Count + request.DnsSearch.Count + request.DnsOptions.Count == 0
            ? host
            : Merge(host, request);
    }

    /// <summary>The host's own file, which often is a symbolic link; nothing where it leads nowhere.</summary>
    private static string Host()
    {
        using Fd? file = FileAt.TryOpen(
            null, "/etc/resolv.conf", OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.None, out _);
        return file is null ? "" : Encoding.UTF8.GetString(FileContent.ReadAll(file, Limit));
    }

    /// <summary>What the request sets, and those of the host's lines that it does not replace.</summary>
    internal static string Merge(string host, ContainerCreateRequest request)
    {
        StringBuilder text = new();
        foreach (string server in request.Dns)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        Append(text, "search", request.DnsSearch);
        Append(text, "options", request.DnsOptions);
        foreach (ReadOnlySpan<char> line in host.AsSpan().EnumerateLines())
        {
            bool replaced = (IsKeyword(line, "nameserver") && request.Dns.Count > 0)
                || ((IsKeyword(line, "search") || IsKeyword(line, "domain")) && request.DnsSearch.Count > 0)
                || (IsKeyword(line, "options") && request.DnsOptions.Count > 0);
            if (!replaced && line.Length > 0)
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string keyword, IReadOnlyList<string> words)
    {
        // A single dot asks for no search domain at all.
        if (words.Count > 0 && words is not ["."])
        {
            text.Append(keyword).Append(' ').AppendJoin(' ', words).Append('\n');
        }
    }

    private static bool IsKeyword(ReadOnlySpan<char> line, string keyword) =>
        line.StartsWith(keyword, StringComparison.Ordinal) && line.Length > keyword.Length
        && char.IsWhiteSpace(line[keyword.Length]);
}
