using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.State;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// What the name server has to know of a running container besides its leases: <c>name-server/&lt;container&gt;-&lt;start time&gt;</c>
/// on the run root, written before the container is handed over, so that a name server that is killed leaves to the next one what
/// it knew.
/// </summary>
/// <param name="Process">The container's first process.</param>
/// <param name="Servers">The servers that it asks instead of the host's (<c>--dns</c>).</param>
/// <param name="Links">Its own names for others, <c>alias</c> and <c>name</c> by turns.</param>
internal sealed record ResolverRecord(ProcessInstance Process, IReadOnlyList<string> Servers, IReadOnlyList<string> Links)
{
    /// <summary>The rules of where it may send; null for anywhere.</summary>
    internal IReadOnlyList<string>? Egress { get; init; }

    private const int Version = 1;
    private const int Limit = 64 * 1024;

    /// <summary>The name of a record: one for each run of a container, because the end of one may be noticed after the start of the next.</summary>
    internal static string NameOf(string containerId, ProcessInstance process) =>
        string.Create(CultureInfo.InvariantCulture, $"{containerId}-{process.StartTime}");

    /// <summary>The container of a record's name; null where it is not the name of one.</summary>
    internal static string? ContainerOf(string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is >= 0 and int end && Sandbox.IsId(name[..end])
        && long.TryParse(name.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? name[..end]
            : null;

    /// <summary>Writes it for this boot.</summary>
    internal void Write(string path)
    {
        RecordWriter record = new();
        record.Add(Version);
        record.Add(Process.Pid);
        record.Add(Process.StartTime);
        record.Add(Servers);
        record.Add(Links);
        if (Egress is not null)
        {
            record.Add(Egress);
        }

        byte[] bytes = new byte[record.Length];
        record.CopyTo(bytes);
        AtomicFile.WriteVolatile(path, bytes);
    }

    /// <summary>Reads one; null where there is none, or it is of another version.</summary>
    internal static ResolverRecord? TryRead(string path)
    {
        if (FileContent.TryReadAll(null, path, Limit) is not { } bytes)
        {
            return null;
        }

        RecordReader record = new(bytes);
        if (record.Number() != Version)
        {
            return null;
        }

        ResolverRecord read = new(new ProcessInstance((int)record.Number(), record.Number()), record.List(), record.List());
        read = record.IsAtEnd ? read : read with { Egress = record.List() };
        return record.IsSound ? read : null;
    }

    /// <summary>The links by alias.</summary>
    internal Dictionary<string, string> LinkNames()
    {
        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i + 1 < Links.Count; i += 2)
        {
            names[Links[i]] = Links[i + 1];
        }

        return names;
    }
}
