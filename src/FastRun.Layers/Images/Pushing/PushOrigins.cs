using System;
using System.Collections.Generic;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Images.Pushing;

/// <summary>
/// The repositories that layers are fetched from again while they are pushed. One that cannot be reached is soon given up, and not
/// asked for the next layer.
/// </summary>
internal sealed class PushOrigins(RegistryClientOptions options) : IDisposable
{
    private static readonly RegistryTimeouts s_timeouts = new() { Connect = TimeSpan.FromSeconds(5), Attempts = 3 };

    private readonly Dictionary<(string Registry, string Repository), RegistryClient> _clients = [];
    private readonly HashSet<string> _out = [];

    /// <summary>A repository to fetch from; null where its registry is out.</summary>
    internal RegistryClient? TryOpen((string Registry, string Repository) place)
    {
        lock (_clients)
        {
            if (_out.Contains(place.Registry) || place.Registry == ImageReference.LocalRegistry)
            {
                return null;
            }

            if (!_clients.TryGetValue(place, out RegistryClient? client))
            {
                client = new RegistryClient(
                    new ImageReference(place.Registry, place.Repository, ImageReference.DefaultTag), options with { Timeouts = s_timeouts });
                _clients.Add(place, client);
            }

            return client;
        }
    }

    /// <summary>Notes that a registry cannot be reached.</summary>
    internal void MarkOut(string registry)
    {
        lock (_clients)
        {
            _out.Add(registry);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RegistryClient client in _clients.Values)
        {
            client.Dispose();
        }
    }
}
