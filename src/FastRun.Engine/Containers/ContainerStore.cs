using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Exec;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers;

/// <summary>
/// The containers on disk: <c>containers/&lt;id&gt;/{config.json,state.json}</c> and the links in <c>names</c>.
/// Reading takes no lock; docs/state-on-disk.md tells who writes what.
/// </summary>
public sealed class ContainerStore(StateLayout layout)
{
    private const int LargestRecord = 8 << 20;
    private const string Config = "config.json";
    private const string State = "state.json";

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    // One for the process: a daemon makes a store for each request.
    private static readonly Lazy<CgroupHierarchy> s_hierarchy = new(CgroupHierarchy.Detect);

    private readonly ContainerNames _names = new(layout);

    /// <summary>
    /// All containers, in no order; those whose records cannot be read as <see cref="Container.Damage"/> tells. One that is
    /// being removed meanwhile may be missing.
    /// </summary>
    public List<Container> All() => EngineErrors.Translated(() =>
    {
        List<Container> all = [];
        foreach (string id in Sandbox.List(layout))
        {
            if (TryReadAny(id) is { } container)
            {
                all.Add(container);
            }
        }

        return all;
    });

    /// <summary>The container that a user names: by its whole id, its name, or the only id that starts so.</summary>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public Container Find(string nameOrId)
    {
        Container found = FindAny(nameOrId);
        return found.Damage is null ? found : throw new EngineException(
            ErrorKind.CorruptContent, $"container {found.Name}: {found.Damage}", hint: $"remove it: fastrun rm -f {ShortId.Of(found.Id)}");
    }

    /// <summary>As <see cref="Find"/>, also where the container's records cannot be read.</summary>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public Container FindAny(string nameOrId) => EngineErrors.Translated(() =>
    {
        string name = nameOrId.StartsWith('/') ? nameOrId[1..] : nameOrId;
        if (Sandbox.IsId(name) && TryReadAny(name) is { } whole)
        {
            return whole;
        }

        if (Names.IsValid(name) && _names.TryRead(name) is { } id && TryReadAny(id) is { } named && named.Name == name)
        {
            return named;
        }

        Container? found = null;
        foreach (string candidate in IsHex(name) ? Sandbox.List(layout).Where(each => each.StartsWith(name, StringComparison.Ordinal)) : [])
        {
            Container? container = TryReadAny(candidate);
            found = found is null || container is null
                ? container ?? found
                : throw new EngineException(ErrorKind.InvalidArgument, $"Multiple IDs found with provided prefix: {name}");
        }

        return found ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {nameOrId}");
    });

    /// <summary>A container by its whole id; null where there is none.</summary>
    /// <exception cref="EngineException">
    /// Its records cannot be read: <see cref="ErrorKind.CorruptContent"/>; or a newer release wrote them: <see cref="ErrorKind.Unsupported"/>.
    /// </exception>
    public Container? TryRead(string id)
    {
        ContainerRecord? record = Read(id, Config, ContainerRecordJson.Decode, out _);
        if (record is null)
        {
            return null;
        }

        ContainerState state = Read(id, State, ContainerStateJson.Decode, out bool isLost) ?? new ContainerState();
        if (record.SchemaVersion > ContainerRecord.CurrentSchema || state.SchemaVersion > ContainerState.CurrentSchema)
        {
            throw new EngineException(ErrorKind.Unsupported, $"container {id}: a newer version of fastrun has written its record");
        }

        if (isLost)
        {
            return new Container(record, LostState(record));
        }

        bool isRunning = state.IsHeld;
        if (!isRunning && state.Status is ContainerStatus.Running or ContainerStatus.Restarting)
        {
            // Who held it may have gone after this was read: then it has written how it ended.
            state = Read(id, State, ContainerStateJson.Decode, out _) ?? state;
            isRunning = state.IsHeld;
        }

        return new Container(record, state) { Freezer = IsFrozen, IsRunning = isRunning };
    }

    /// <summary>Which file a container's record is now: whoever looks before reading it can tell later whether it has been replaced.</summary>
    internal (ulong Inode, FileTime Modified) RecordFile(string id)
    {
        FileAt.TryStat(null, Path.Combine(layout.Container(id), Config), out FileStatus file);
        return (file.Inode, file.Modified);
    }

    /// <summary>As <see cref="TryRead"/>, also where the records cannot be read.</summary>
    internal Container? TryReadAny(string id)
    {
        try
        {
            return TryRead(id);
        }
        catch (EngineException exception) when (exception.Kind is ErrorKind.CorruptContent or ErrorKind.Unsupported)
        {
            return Damaged(id, exception.Kind == ErrorKind.Unsupported ? "a newer version of fastrun has written its record" : "its record cannot be read");
        }
    }

    /// <summary>What can be told of a container whose records cannot be read: its name, and whether it runs.</summary>
    private Container Damaged(string id, string damage)
    {
        ContainerState state;
        try
        {
            state = Read(id, State, ContainerStateJson.Decode, out _) ?? new ContainerState();
        }
        catch (EngineException exception) when (exception.Kind == ErrorKind.CorruptContent)
        {
            state = new ContainerState();
        }

        FileAt.TryStat(null, Path.Combine(layout.Container(id), Config), out FileStatus file);
        ContainerRecord record = new()
        {
            Id = id,
            Name = _names.NameOf(id) ?? ShortId.Of(id),
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(file.Modified.Seconds),
            Request = new ContainerCreateRequest { Image = "" },
        };
        return new Container(record, state.IsHeld ? state : new ContainerState { Status = ContainerStatus.Dead, Error = damage })
        {
            Damage = damage,
            Freezer = IsFrozen,
        };
    }

    /// <summary>The hierarchies are looked up once for all containers.</summary>
    private bool IsFrozen(IReadOnlyList<string> locations) =>
        Cgroup.IsFrozenAt(s_hierarchy.Value, locations);

    /// <summary>
    /// Claims the container's name and makes its directory a container's, not yet on the disk. The caller holds its lock.
    /// </summary>
    /// <exception cref="EngineException">The name is in use.</exception>
    internal void Add(ContainerRecord record)
    {
        _names.Claim(record.Name, record.Id);
        WriteRecord(record, wait: false);
    }

    /// <summary>Waits until a new container is on the disk; one that goes when it ends need not be.</summary>
    internal void MakeDurable(ContainerRecord record)
    {
        if (!record.IsTransient)
        {
            using Fd directory = FileAt.Open(null, layout.Container(record.Id), OpenFlags.Read | OpenFlags.Directory);
            using Fd config = FileAt.Open(directory, Config, OpenFlags.Read | OpenFlags.NoFollow);
            FileContent.Sync(config);
            FileContent.Sync(directory);
        }
    }

    /// <summary>
    /// Changes what a container is, whoever holds its directory: changes take turns by the lock of the record itself. What the
    /// change throws leaves the container as it was.
    /// </summary>
    /// <param name="id">The container.</param>
    /// <param name="change">Makes the new record of the old one.</param>
    /// <param name="changed">Called once it is written, before others may change it again.</param>
    /// <exception cref="EngineException">There is no such container.</exception>
    internal ContainerRecord Change(string id, Func<ContainerRecord, ContainerRecord> change, Action<ContainerRecord>? changed = null)
    {
        using FileLock turn = FileLock.AcquireTarget(null, Path.Combine(layout.Container(id), Config), FileLockMode.Exclusive, out _, out _)
            ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {id}");
        ContainerRecord record = TryRead(id)?.Record ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {id}");
        ContainerRecord next = change(record);
        WriteRecord(next);
        changed?.Invoke(next);
        return next;
    }

    /// <summary>Gives a container another name. A kill leaves it with one of the two; the other is free.</summary>
    /// <exception cref="EngineException">Another container has the name, or there is no such container.</exception>
    internal ContainerRecord Rename(string id, string name, out string oldName)
    {
        string before = "";
        ContainerRecord renamed = Change(id, record =>
        {
            before = record.Name;
            _names.Claim(name, id);
            return record with { Name = name };
        }, record => JoinRecordFile.Rename(layout, record));
        oldName = before;
        _names.Release(before, id);
        return renamed;
    }

    /// <summary>Replaces what a container is, and waits for the disk unless it goes when it ends.</summary>
    internal void WriteRecord(ContainerRecord record) => WriteRecord(record, !record.IsTransient);

    private void WriteRecord(ContainerRecord record, bool wait)
    {
        string path = Path.Combine(layout.Container(record.Id), Config);
        byte[] bytes = ContainerRecordJson.Encode(record);
        if (wait)
        {
            AtomicFile.Write(path, bytes);
        }
        else
        {
            AtomicFile.WriteVolatile(path, bytes);
        }
    }

    /// <summary>
    /// Replaces what a container does. Never waits for the disk: what a power cut takes is the state of a boot that is over.
    /// </summary>
    internal void WriteState(string id, ContainerState state) => AtomicFile.WriteVolatile(
        Path.Combine(layout.Container(id), State), ContainerStateJson.Encode(state));

    /// <summary>Gives its name up. The caller holds its lock.</summary>
    internal void ReleaseName(ContainerRecord record) => _names.Release(record.Name, record.Id);

    private static bool IsHex(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_hexDigits);

    /// <summary>The power went while its state was being written: it ran, or was about to, in a boot that is over.</summary>
    private static ContainerState LostState(ContainerRecord record) =>
        new() { Status = ContainerStatus.Running, StartedAt = record.CreatedAt };

    /// <param name="id">The container.</param>
    /// <param name="file">Which of its records.</param>
    /// <param name="decode">Reads it.</param>
    /// <param name="isLost">
    /// Whether the file is there, and a power cut took its content: records of containers that go when they end, and states, are
    /// not synced.
    /// </param>
    /// <returns>The record; null where there is none, or it is lost.</returns>
    private T? Read<T>(string id, string file, Func<byte[], T> decode, out bool isLost)
        where T : class
    {
        byte[]? bytes = FileContent.TryReadAll(null, Path.Combine(layout.Container(id), file), LargestRecord);
        isLost = false;
        try
        {
            return bytes is null ? null : decode(bytes);
        }
        catch (JsonException) when (AtomicFile.IsUnwritten(bytes))
        {
            isLost = true;
            return null;
        }
        catch (JsonException exception)
        {
            throw new EngineException(
                ErrorKind.CorruptContent, $"container {id}: its record cannot be read", exception, $"remove it: fastrun rm -f {ShortId.Of(id)}");
        }
    }
}
