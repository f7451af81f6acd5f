using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// The resolver of a container that is being started: its sockets are there before its first process is, so that no question is
/// lost, and the name server gets them once that process is known.
/// </summary>
internal sealed class ContainerResolver : IDisposable
{
    private const int Attempts = 3;

    private readonly StateLayout _layout;
    private readonly string _containerId;
    private readonly IReadOnlyList<string> _servers;
    private readonly IReadOnlyList<string> _links;
    private readonly ResolverSockets _sockets;
    private readonly IReadOnlyList<string>? _egress;
    private NameServerConnection? _connection;

    private ContainerResolver(
        StateLayout layout, string containerId, IReadOnlyList<string> servers, IReadOnlyList<string> links, IReadOnlyList<string>? egress, ResolverSockets sockets)
    {
        _layout = layout;
        _containerId = containerId;
        _servers = servers;
        _links = links;
        _egress = egress;
        _sockets = sockets;
    }

    /// <summary>Makes the sockets, and starts the name server where there is none.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="containerId">The container.</param>
    /// <param name="networkNamespace">Its network namespace, whose loopback interface is up.</param>
    /// <param name="servers">The servers that it asks in place of the host's (<c>--dns</c>), from its own network.</param>
    /// <param name="links">Its own names for others, <c>alias</c> and <c>name</c> by turns.</param>
    /// <param name="egress">The rules of where it may send; null for anywhere.</param>
    /// <exception cref="Errors.EngineException">The name server cannot be started.</exception>
    /// <exception cref="SyscallException">The sockets cannot be made.</exception>
    internal static ContainerResolver Open(
        StateLayout layout, string containerId, Fd networkNamespace, IReadOnlyList<string> servers, IReadOnlyList<string> links, IReadOnlyList<string>? egress = null)
    {
        ContainerResolver resolver = new(layout, containerId, servers, links, egress, ResolverSockets.Open(networkNamespace));
        try
        {
            resolver._connection = NameServerConnection.Open(layout);
            return resolver;
        }
        catch
        {
            resolver.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Leaves it to the name server. Where that is killed at this very moment, the next one finds the container by its record.
    /// </summary>
    /// <param name="pid">The container's first process.</param>
    /// <param name="process">A pidfd of it.</param>
    /// <returns>Where the name server notes what it refuses; null where there is no policy.</returns>
    internal Fd? HandOver(int pid, Fd process)
    {
        ResolverRecord record = new(ProcessInstance.Of(pid), _servers, _links) { Egress = _egress };
        string name = ResolverRecord.NameOf(_containerId, record.Process);
        Fd? notes = _egress is null ? null : EgressNotes.TryOpen(NameServerPaths.NotesOf(_layout, name));
        record.Write(NameServerPaths.RecordOf(_layout, name));
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            _connection ??= TryConnect();
            if (_connection is null)
            {
                break;
            }

            bool sent = _connection.TrySend(Encoding.ASCII.GetBytes(name), _sockets.Datagram, _sockets.Stream, process);
            _connection.Dispose();
            _connection = null;
            if (sent)
            {
                break;
            }
        }

        Dispose();
        return notes;
    }

    private NameServerConnection? TryConnect()
    {
        try
        {
            return NameServerConnection.Open(_layout);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
        _sockets.Dispose();
    }
}
