using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// The resolver of a container: its sockets are there before its first process is, so that no question is lost. Whoever holds the
/// container keeps them until the first question comes; then the name server gets them, and the question that waits in them.
/// So a container that asks for no name costs no process.
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

    /// <summary>Makes the sockets.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="containerId">The container.</param>
    /// <param name="networkNamespace">Its network namespace, whose loopback interface is up.</param>
    /// <param name="isNew">Whether nothing has run in that yet.</param>
    /// <param name="servers">The servers that it asks in place of the host's (<c>--dns</c>), from its own network.</param>
    /// <param name="links">Its own names for others, <c>alias</c> and <c>name</c> by turns.</param>
    /// <param name="egress">The rules of where it may send; null for anywhere.</param>
    /// <exception cref="SyscallException">The sockets cannot be made.</exception>
    internal static ContainerResolver Open(
        StateLayout layout,
        string containerId,
        Fd networkNamespace,
        bool isNew,
        IReadOnlyList<string> servers,
        IReadOnlyList<string> links,
        IReadOnlyList<string>? egress = null) =>
        new(layout, containerId, servers, links, egress, ResolverSockets.Open(networkNamespace, isNew));

    /// <summary>Has a loop woken when the container asks.</summary>
    /// <returns>The first of two entries, one behind the other.</returns>
    internal int Watch(PollSet poll)
    {
        int first = poll.Add(_sockets.Datagram.Number, PollEvents.Readable);
        poll.Add(_sockets.Stream.Number, PollEvents.Readable);
        return first;
    }

    /// <summary>Whether it has asked.</summary>
    /// <param name="poll">The loop's descriptors.</param>
    /// <param name="entry">What <see cref="Watch"/> returned.</param>
    internal static bool IsAsked(PollSet poll, int entry) =>
        poll.Ready(entry) != PollEvents.None || poll.Ready(entry + 1) != PollEvents.None;

    /// <summary>
    /// Leaves it to the name server, which is started where there is none. Where that is killed at this very moment, or cannot be started,
    /// the next one finds the container by its record.
    /// </summary>
    /// <param name="pid">The container's first process.</param>
    /// <param name="process">A pidfd of it.</param>
    /// <returns>Where the name server notes what it refuses; null where there is no policy.</returns>
    internal Fd? HandOver(int pid, Fd process)
    {
        ResolverRecord record = new(ProcessInstance.Of(pid), _servers, _links) { Egress = _egress };
        string name = ResolverRecord.NameOf(_containerId, record.Process);
        NameServerPaths.MakeDirectory(_layout);
        Fd? notes = _egress is null ? null : EgressNotes.TryOpen(NameServerPaths.NotesOf(_layout, name));
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // The record after the connection: a name server that is about to look for those whom nobody serves does not find it.
            using NameServerConnection? connection = TryConnect();
            record.Write(NameServerPaths.RecordOf(_layout, name));
            if (connection is null || connection.TrySend(Encoding.ASCII.GetBytes(name), _sockets.Datagram, _sockets.Stream, process))
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
    public void Dispose() => _sockets.Dispose();
}
