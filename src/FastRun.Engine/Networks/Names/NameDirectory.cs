using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// The names in all networks, as the leases say them. A network is read when it is asked about and something in it has changed:
/// what was written before a question came is in its answer.
/// </summary>
internal sealed class NameDirectory : IDisposable
{
    private const int OwnerOnly = 0b_111_000_000;

    private readonly StateLayout _layout;
    private readonly Func<string, NetworkNames?> _read;
    private readonly ChangeWatch? _watch;
    private readonly int _root;
    private readonly Dictionary<string, Known> _networks = [];
    private readonly List<int> _changed = [];
    private bool _isListed;

    /// <summary>Watches the leases.</summary>
    internal NameDirectory(StateLayout layout)
        : this(layout, new LeaseReader(layout).TryRead)
    {
    }

    internal NameDirectory(StateLayout layout, Func<string, NetworkNames?> read)
    {
        _layout = layout;
        _read = read;
        FileAt.MakeDirectories(null, layout.RunningNetworks, OwnerOnly);
        _watch = ChangeWatch.TryOpen();
        _root = _watch?.TryAdd(layout.RunningNetworks) ?? ChangeWatch.None;
    }

    /// <summary>The networks that a container is in.</summary>
    internal List<NetworkNames> Of(string containerId)
    {
        Refresh();
        List<NetworkNames> networks = [];
        foreach ((string id, Known known) in _networks)
        {
            known.Names ??= _read(id);
            if (known.Names is { } names && names.Contains(containerId))
            {
                networks.Add(names);
            }
        }

        return networks;
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private void Refresh()
    {
        _changed.Clear();
        bool isWhole = _watch is not null && _root != ChangeWatch.None && _watch.TryDrain(_changed);
        if (!isWhole || !_isListed || _changed.Contains(_root))
        {
            List();
        }

        foreach (Known known in _networks.Values)
        {
            if (!isWhole || known.Watch == ChangeWatch.None || _changed.Contains(known.Watch))
            {
                known.Names = null;
            }
        }
    }

    private void List()
    {
        HashSet<string> there = [.. NetworkLeases.Networks(_layout)];
        foreach (string id in (string[])[.. _networks.Keys])
        {
            if (!there.Contains(id))
            {
                _networks.Remove(id);
            }
        }

        foreach (string id in there)
        {
            // A directory that was removed and made again has lost its watch; adding one that is there changes nothing.
            int watch = _watch?.TryAdd(Path.Combine(_layout.RunningNetworks, id)) ?? ChangeWatch.None;
            if (!_networks.TryGetValue(id, out Known? known) || known.Watch != watch)
            {
                _networks[id] = new Known { Watch = watch };
            }
        }

        _isListed = true;
    }

    private sealed class Known
    {
        internal int Watch { get; init; }

        internal NetworkNames? Names { get; set; }
    }
}
