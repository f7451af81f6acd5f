using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Launch;
using FastRun.Layers;
using FastRun.Native.Capabilities;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Exec;

/// <summary>
/// The file of a <see cref="JoinRecord"/>: the eight bytes "FRJOIN" and version, then the fields in order, as
/// <see cref="RecordWriter"/> writes them. It is of use only in the boot that it was written in, so it need not reach the disk.
/// </summary>
internal static class JoinRecordFile
{
    private const string Name = "join";
    private const int Largest = 8 << 20;

    private static ReadOnlySpan<byte> Magic => "FRJOIN\x02\0"u8;

    /// <summary>Writes it. The caller holds the container, or its record.</summary>
    internal static void Write(StateLayout layout, string id, JoinRecord record) =>
        AtomicFile.WriteVolatile(PathOf(layout, id), Encode(record));

    /// <summary>Gives a container that runs the name that it has now. The caller holds its record.</summary>
    internal static void Rename(StateLayout layout, ContainerRecord container)
    {
        if (TryRead(layout, container.Id) is { } record)
        {
            Write(layout, container.Id, record with { Name = container.Name });
        }
    }

    /// <summary>Reads it; null where there is none that can be used.</summary>
    internal static JoinRecord? TryRead(StateLayout layout, string id) =>
        FileContent.TryReadAll(null, PathOf(layout, id), Largest) is { } file ? Decode(file) : null;

    internal static byte[] Encode(JoinRecord record)
    {
        RecordWriter body = new();
        Span<byte> boot = stackalloc byte[16];
        record.BootId.TryWriteBytes(boot);
        body.Add(boot);
        body.Add(record.Process.Pid);
        body.Add(record.Process.StartTime);
        body.Add(record.Name);
        body.Add(record.Image);
        body.Add(record.Labels);
        body.Add(record.CgroupLocations);
        body.Add(record.Delegated ? 1L : 0L);
        body.Add(record.Environment);
        body.Add(record.Identity.Uid);
        body.Add(record.Identity.Gid);
        body.Add(record.Identity.Groups.Count);
        foreach (uint group in record.Identity.Groups)
        {
            body.Add(group);
        }

        body.Add(record.Identity.Home);
        body.Add(record.GroupAdd);
        body.Add(record.WorkingDirectory);
        body.Add((long)record.Capabilities.Mask);
        body.Add(record.Filtered ? 1L : 0L);
        body.Add(record.Filter);
        body.Add(record.NoNewPrivileges ? 1L : 0L);
        body.Add(record.ResourceLimits.Count);
        foreach (ResourceLimit limit in record.ResourceLimits)
        {
            body.Add(limit.Resource);
            body.Add((long)limit.Soft);
            body.Add((long)limit.Hard);
        }

        body.Add(record.OomScoreAdjustment);
        byte[] file = new byte[Magic.Length + body.Length];
        Magic.CopyTo(file);
        body.CopyTo(file.AsSpan(Magic.Length));
        return file;
    }

    internal static JoinRecord? Decode(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Magic))
        {
            return null;
        }

        RecordReader body = new(file[Magic.Length..]);
        ReadOnlySpan<byte> boot = body.Block();
        JoinRecord record = new()
        {
            BootId = boot.Length == 16 ? new Guid(boot) : default,
            Process = new ProcessInstance((int)body.Number(), body.Number()),
            Name = body.Text(),
            Image = body.Text(),
            Labels = body.List(),
            CgroupLocations = body.List(),
            Delegated = body.Number() != 0,
            Environment = body.List(),
            Identity = Identity(ref body),
            GroupAdd = body.List(),
            WorkingDirectory = body.Text(),
            Capabilities = new CapabilitySet((ulong)body.Number()),
            Filtered = body.Number() != 0,
            Filter = body.Block().ToArray(),
            NoNewPrivileges = body.Number() != 0,
            ResourceLimits = Limits(ref body),
            OomScoreAdjustment = body.Text(),
        };
        return body.IsSound ? record : null;
    }

    private static ProcessIdentity Identity(ref RecordReader body)
    {
        uint uid = (uint)body.Number();
        uint gid = (uint)body.Number();
        List<uint> groups = [];
        for (long left = body.Number(); left > 0 && body.IsSound; left--)
        {
            groups.Add((uint)body.Number());
        }

        return new ProcessIdentity(uid, gid, groups, body.Text());
    }

    private static List<ResourceLimit> Limits(ref RecordReader body)
    {
        List<ResourceLimit> limits = [];
        for (long left = body.Number(); left > 0 && body.IsSound; left--)
        {
            limits.Add(new ResourceLimit((int)body.Number(), (ulong)body.Number(), (ulong)body.Number()));
        }

        return limits;
    }

    private static string PathOf(StateLayout layout, string id) => Path.Combine(layout.Container(id), Name);
}
