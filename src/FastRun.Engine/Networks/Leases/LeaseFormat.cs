using System;
using System.Buffers.Binary;
using System.Net;
using FastRun.Engine.Networks.Addresses;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Leases;

/// <summary>
/// The bytes of a lease: <c>FRLEASE</c> and the version, the checksum of what follows the process, pid and start time of the
/// container's first process, then the fields as <see cref="RecordWriter"/> writes them. The file is written in place, because
/// a new file would not have the lock: a reader that meets half of it sees that by the checksum.
/// </summary>
internal static class LeaseFormat
{
    /// <summary>Where the first process stands, which is noted last.</summary>
    internal const int ProcessOffset = 16;

    /// <summary>The most bytes that a lease has.</summary>
    internal const int Largest = 256 * 1024;

    private const int BodyOffset = 32;

    private static ReadOnlySpan<byte> Magic => "FRLEASE\x02"u8;

    internal static byte[] Encode(LeaseRecord lease)
    {
        RecordWriter body = new();
        body.Add(lease.NetworkId);
        body.Add(lease.NetworkName);
        body.Add(lease.ContainerId);
        body.Add(lease.ContainerName);
        body.Add(lease.HostName);
        body.Add(lease.EndpointId);
        body.Add(lease.Aliases);
        body.Add(lease.IPv4?.ToString() ?? "");
        body.Add(lease.IPv6?.ToString() ?? "");
        body.Add(lease.LinkLocalAddresses);
        body.Add(lease.MacAddress);
        body.Add(lease.HostInterface);
        body.Add(lease.Interface);
        body.Add(lease.Ports);
        body.Add(lease.Owner.Pid);
        body.Add(lease.Owner.StartTime);
        body.Add(lease.Egress);
        body.Add(lease.Links);
        byte[] file = new byte[BodyOffset + body.Length];
        Magic.CopyTo(file);
        body.CopyTo(file.AsSpan(BodyOffset));
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(Magic.Length), Checksum(file.AsSpan(BodyOffset)));
        EncodeProcess(lease.Process, file.AsSpan(ProcessOffset));
        return file;
    }

    /// <summary>The sixteen bytes at <see cref="ProcessOffset"/>.</summary>
    internal static void EncodeProcess(ProcessInstance process, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, process.Pid);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], process.StartTime);
    }

    /// <summary>Reads a lease; null for one that is being written, or was never, or is of another version.</summary>
    internal static LeaseRecord? Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < BodyOffset || !file.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt64LittleEndian(file[Magic.Length..]) != Checksum(file[BodyOffset..]))
        {
            return null;
        }

        ReadOnlySpan<byte> process = file[ProcessOffset..];
        RecordReader body = new(file[BodyOffset..]);
        LeaseRecord lease = new()
        {
            NetworkId = body.Text(),
            NetworkName = body.Text(),
            ContainerId = body.Text(),
            ContainerName = body.Text(),
            HostName = body.Text(),
            EndpointId = body.Text(),
            Aliases = body.List(),
            IPv4 = Address(body.Text()),
            IPv6 = Address(body.Text()),
            LinkLocalAddresses = body.List(),
            MacAddress = body.Text(),
            HostInterface = body.Text(),
            Interface = body.Text(),
            Ports = body.List(),
            Owner = new ProcessInstance((int)body.Number(), body.Number()),
            Egress = body.IsAtEnd ? [] : body.List(),
            Links = body.IsAtEnd ? [] : body.List(),
            Process = new ProcessInstance(
                (int)BinaryPrimitives.ReadInt64LittleEndian(process), BinaryPrimitives.ReadInt64LittleEndian(process[8..])),
        };
        return body.IsSound ? lease : null;
    }

    private static IPAddress? Address(string text) => Subnet.TryParseAddress(text, out IPAddress? address) ? address : null;

    /// <summary>FNV-1a of 64 bits: against halves, not against malice.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }
}
