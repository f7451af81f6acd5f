using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
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

    private readonly ContainerNames _names = new(layout);

    /// <summary>All containers, in no order. One that is being removed meanwhile may be missing.</summary>
    /// <exception cref="EngineException">A record cannot be read.</exception>
    public List<Container> All()
    {
        List<Container> all = [];
        foreach (string id in Sandbox.List(layout))
        {
            if (TryRead(id) is { } container)
            {
                all.Add(container);
            }
        }

        return all;
    }

    /// <summary>The container that a user names: by its whole id, its name, or the only id that starts so.</summary>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public Container Find(string nameOrId) => EngineErrors.Translated(() =>
    {
        string name = nameOrId.StartsWith('/') ? nameOrId[1..] : nameOrId;
        if (Sandbox.IsId(name) && TryRead(name) is { } whole)
        {
            return whole;
        }

        if (Names.IsValid(name) && _names.TryRead(name) is { } id && TryRead(id) is { } named)
        {
            return named;
        }

        Container? found = null;
        foreach (string candidate in IsHex(name) ? Sandbox.List(layout).Where(each => each.StartsWith(name, StringComparison.Ordinal)) : [])
        {
            Container? container = TryRead(candidate);
            found = found is null || container is null
                ? container ?? found
                : throw new EngineException(ErrorKind.InvalidArgument, $"Multiple IDs found with provided prefix: {name}");
        }

        return found ?? throw new EngineException(ErrorKind.NotFound, $"No such container: {nameOrId}");
    });

    /// <summary>A container by its whole id; null where there is none.</summary>
    public Container? TryRead(string id)
    {
        string directory = layout.Container(id);
        ContainerRecord? record = Parse(id, FileContent.TryReadAll(null, Path.Combine(directory, Config), LargestRecord), ContainerJsonContext.Default.ContainerRecord);
        if (record is null)
        {
            return null;
        }

        ContainerState state = Parse(id, FileContent.TryReadAll(null, Path.Combine(directory, State), LargestRecord), ContainerJsonContext.Default.ContainerState) ?? new ContainerState();
        return new Container(record, state);
    }

    /// <summary>Claims the container's name and makes its directory a container's. The caller holds its lock.</summary>
    /// <exception cref="EngineException">The name is in use.</exception>
    internal void Add(ContainerRecord record)
    {
        _names.Claim(record.Name, record.Id);
        WriteRecord(record);
    }

    /// <summary>Replaces what a container is.</summary>
    internal void WriteRecord(ContainerRecord record)
    {
        string path = Path.Combine(layout.Container(record.Id), Config);
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(record, ContainerJsonContext.Default.ContainerRecord);
        if (record.IsTransient)
        {
            AtomicFile.WriteVolatile(path, bytes);
        }
        else
        {
            AtomicFile.Write(path, bytes);
        }
    }

    /// <summary>
    /// Replaces what a container does. Never waits for the disk: what a power cut takes is the state of a boot that is over.
    /// </summary>
    internal void WriteState(string id, ContainerState state) => AtomicFile.WriteVolatile(
        Path.Combine(layout.Container(id), State),
        JsonSerializer.SerializeToUtf8Bytes(state, ContainerJsonContext.Default.ContainerState));

    /// <summary>Gives its name up. The caller holds its lock.</summary>
    internal void ReleaseName(ContainerRecord record) => _names.Release(record.Name, record.Id);

    private static bool IsHex(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_hexDigits);

    private static T? Parse<T>(string id, byte[]? bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return bytes is null || bytes.Length == 0 ? null : JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException exception)
        {
            throw new EngineException(
                ErrorKind.CorruptContent, $"container {id}: its record cannot be read", exception, $"remove it: fastrun rm -f {id[..12]}");
        }
    }
}
