using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Links;

/// <summary>
/// Tells where the containers are that one which runs on the default bridge is linked to: one that is started again may have another
/// address, which Docker writes into the hosts file of who is linked to it. The leases say it, so nobody has to tell anybody.
/// </summary>
internal sealed class LinkWatch : IDisposable
{
    private readonly StateLayout _layout;
    private readonly string _bridgeId;
    private readonly ChangeWatch _changes;
    private readonly List<int> _changed = [];
    private List<ContainerLink> _links = [];

    private LinkWatch(StateLayout layout, string bridgeId, ChangeWatch changes) => (_layout, _bridgeId, _changes) = (layout, bridgeId, changes);

    /// <summary>Begins to watch, before the links are looked up; null where this user has no more watches: then the lines stay as they are.</summary>
    internal static LinkWatch? TryOpen(StateLayout layout, string bridgeId)
    {
        ChangeWatch? changes = ChangeWatch.TryOpen();
        if (changes is null || changes.TryAdd(layout.RunningNetwork(bridgeId)) == ChangeWatch.None)
        {
            changes?.Dispose();
            return null;
        }

        return new LinkWatch(layout, bridgeId, changes);
    }

    /// <summary>The links as the container's hosts file has them.</summary>
    internal void Begin(List<ContainerLink> links) => _links = links;

    /// <summary>Forgets a link; returns its line in the hosts file, null where there is none of the alias.</summary>
    internal string? Remove(string alias)
    {
        int found = _links.FindIndex(link => link.Alias == alias);
        string? line = found < 0 ? null : _links[found].HostsLine;
        _links.RemoveAll(link => link.Alias == alias);
        return line;
    }

    /// <summary>Has a loop woken when somebody comes to the bridge or goes.</summary>
    internal int Watch(PollSet poll) => poll.Add(_changes.Number, PollEvents.Readable);

    /// <summary>The lines that have changed: what is there, and what should be.</summary>
    internal Dictionary<string, string> Changes()
    {
        _changed.Clear();
        _changes.TryDrain(_changed);
        List<LeaseRecord> leases = NetworkLeases.Of(_layout, _bridgeId);
        Dictionary<string, string> lines = [];
        for (int i = 0; i < _links.Count; i++)
        {
            ContainerLink link = _links[i];
            LeaseRecord? lease = leases.Find(each => each.ContainerId == link.ContainerId);

            // Where it does not run now, its line stays, as in Docker.
            if ((lease?.IPv4 ?? lease?.IPv6) is IPAddress address && !address.Equals(link.Address))
            {
                _links[i] = link with { Address = address };
                lines[link.HostsLine] = _links[i].HostsLine;
            }
        }

        return lines;
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();
}
