using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;

namespace FastRun.Engine.Volumes;

/// <summary>
/// The containers that need a volume, running or not, as their records tell: whoever makes a container holds its volumes
/// until the record is there.
/// </summary>
internal sealed class VolumeUsers
{
    private readonly Dictionary<string, List<string>> _users = new(StringComparer.Ordinal);
    private readonly List<EngineException> _unreadable = [];

    /// <summary>Reads the records of all containers.</summary>
    /// <param name="layout">Where they are.</param>
    /// <param name="except">The id of a container that does not count.</param>
    internal static VolumeUsers Read(StateLayout layout, string? except = null)
    {
        VolumeUsers users = new();
        ContainerStore store = new(layout);
        foreach (string id in Sandbox.List(layout))
        {
            try
            {
                if (id != except && store.TryRead(id) is { } container)
                {
                    users.Add(container.Record);
                }
            }
            catch (EngineException exception) when (exception.Kind is ErrorKind.CorruptContent or ErrorKind.Unsupported)
            {
                users._unreadable.Add(exception);
            }
        }

        return users;
    }

    /// <summary>The ids of the containers that need a volume.</summary>
    internal IReadOnlyList<string> Of(string volume) => _users.GetValueOrDefault(volume) ?? [];

    /// <summary>Throws where a container needs a volume, or may: one whose record cannot be read.</summary>
    /// <exception cref="EngineException">Somebody needs it.</exception>
    internal void RequireNone(string volume)
    {
        if (Of(volume) is { Count: > 0 } ids)
        {
            throw new EngineException(ErrorKind.Conflict, $"remove {volume}: volume is in use - [{string.Join(", ", ids)}]");
        }

        if (_unreadable.Count > 0)
        {
            throw new EngineException(
                ErrorKind.Conflict, $"remove {volume}: volume may be in use: {_unreadable[0].Message}", _unreadable[0], _unreadable[0].Hint);
        }
    }

    private void Add(ContainerRecord record)
    {
        foreach (MountRequest mount in record.Request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Source: { } name })
            {
                if (!_users.TryGetValue(name, out List<string>? ids))
                {
                    _users.Add(name, ids = []);
                }

                ids.Add(record.Id);
            }
        }
    }
}
