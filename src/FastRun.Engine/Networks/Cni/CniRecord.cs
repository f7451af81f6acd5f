using System;
using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// What has to be known to take a container out of a CNI network, whoever does it: written before the first plugin runs. The same
/// configuration is used as when it was added, whatever the files say by then (CNI specification 1.0.0, section 3).
/// </summary>
internal sealed record CniRecord
{
    /// <summary>The most bytes that a record has.</summary>
    internal const int Largest = 4 << 20;

    /// <summary>The container: 64 hex digits.</summary>
    internal required string ContainerId { get; init; }

    /// <summary>Its name; empty for a sandbox that has none.</summary>
    internal required string ContainerName { get; init; }

    /// <summary>The name of its interface.</summary>
    internal required string Interface { get; init; }

    /// <summary>The ports that are published: <c>HOSTIP:HOSTPORT-PORT/PROTOCOL</c>.</summary>
    internal required IReadOnlyList<string> Ports { get; init; }

    /// <summary>Where plugins are.</summary>
    internal required IReadOnlyList<string> PluginDirectories { get; init; }

    /// <summary>The network's file.</summary>
    internal required byte[] Network { get; init; }

    /// <summary>What plugins were told of the container: an object with a value for each capability.</summary>
    internal required byte[] RuntimeConfiguration { get; init; }

    private static ReadOnlySpan<byte> Magic => "FRCNI\0\0\x01"u8;

    internal byte[] Encode()
    {
        RecordWriter body = new();
        body.Add(ContainerId);
        body.Add(ContainerName);
        body.Add(Interface);
        body.Add(Ports);
        body.Add(PluginDirectories);
        body.Add(Network.AsSpan());
        body.Add(RuntimeConfiguration.AsSpan());
        byte[] file = new byte[Magic.Length + body.Length + Magic.Length];
        Magic.CopyTo(file);
        body.CopyTo(file.AsSpan(Magic.Length));

        // It is written in place: what a kill cut off lacks its end.
        Magic.CopyTo(file.AsSpan(file.Length - Magic.Length));
        return file;
    }

    /// <summary>Reads one; null for one that was not written whole, when no plugin has run yet, or of another version.</summary>
    internal static CniRecord? Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < 2 * Magic.Length || !file.StartsWith(Magic) || !file.EndsWith(Magic))
        {
            return null;
        }

        RecordReader body = new(file[Magic.Length..^Magic.Length]);
        CniRecord record = new()
        {
            ContainerId = body.Text(),
            ContainerName = body.Text(),
            Interface = body.Text(),
            Ports = body.List(),
            PluginDirectories = body.List(),
            Network = body.Block().ToArray(),
            RuntimeConfiguration = body.Block().ToArray(),
        };
        return body.IsSound ? record : null;
    }
}
