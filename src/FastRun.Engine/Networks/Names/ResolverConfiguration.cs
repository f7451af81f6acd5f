using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Names;

/// <summary>What a resolv.conf(5) says.</summary>
/// <param name="Servers">The name servers, in the order in which they are asked.</param>
/// <param name="Search">The domains that are tried behind a short name.</param>
/// <param name="Options">The resolver's options.</param>
internal sealed record ResolverConfiguration(
    IReadOnlyList<IPAddress> Servers, IReadOnlyList<string> Search, IReadOnlyList<string> Options)
{
    /// <summary>The host's own file, which often is a symbolic link.</summary>
    internal const string HostFile = "/etc/resolv.conf";

    /// <summary>What systemd-resolved would ask itself, where the host's file names nothing but its stub.</summary>
    internal const string BehindStub = "/run/systemd/resolve/resolv.conf";

    private const int Limit = 64 * 1024;

    private static readonly IPAddress s_stub = new([127, 0, 0, 53]);

    /// <summary>The text of a file; empty where there is none.</summary>
    internal static string ReadText(string path)
    {
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.None, out _);
        return file is null ? "" : Encoding.UTF8.GetString(FileContent.ReadAll(file, Limit));
    }

    /// <summary>The host's, with the servers behind systemd-resolved in place of its stub, which only the host itself reaches.</summary>
    internal static ResolverConfiguration OfHost(string file = HostFile, string behindStub = BehindStub)
    {
        ResolverConfiguration host = Parse(ReadText(file));
        return host.Servers is [var only] && only.Equals(s_stub) && Parse(ReadText(behindStub)) is { Servers.Count: > 0 } real
            ? real
            : host;
    }

    /// <summary>Reads a file's text; lines that say nothing known are skipped.</summary>
    internal static ResolverConfiguration Parse(string text)
    {
        List<IPAddress> servers = [];
        List<string> search = [];
        List<string> options = [];
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            string[] words = line.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..] when IPAddress.TryParse(server, out IPAddress? address):
                    servers.Add(address);
                    break;
                case ["search" or "domain", .. var domains] when domains.Length > 0:
                    // The last of either counts.
                    search = [.. domains];
                    break;
                case ["options", .. var more]:
                    options.AddRange(more);
                    break;
            }
        }

        return new ResolverConfiguration(servers, search, options);
    }
}
