using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// The process that answers the questions of containers on networks that somebody made: one for each run root, there only while
/// it has such a container. One thread, one loop. It is asked at sockets that were made inside each container's network namespace
/// and listens nowhere else.
/// </summary>
public sealed class NameServer : IDisposable
{
    /// <summary>The command by which the program knows that it is one. No user types it.</summary>
    public const string Command = "name-server";

    /// <summary>
    /// What it needs: to enter the network namespaces of containers (setns(2) by a pidfd), rules there and on the host, a run root that belongs
    /// to somebody else, and while it starts, to be spared by the kernel when memory is short.
    /// </summary>
    internal static readonly CapabilitySet Capabilities = CapabilitySet.Of(
        Capability.CAP_SYS_ADMIN, Capability.CAP_SYS_PTRACE, Capability.CAP_NET_ADMIN, Capability.CAP_DAC_OVERRIDE, Capability.CAP_SYS_RESOURCE);

    private const int Tick = 250;
    private const int Quiet = 1000;
    private const int Linger = 1000;
    private const int StarterPatience = 10_000;

    private readonly StateLayout _layout;
    private readonly Dictionary<string, ServedContainer> _served = [];
    private readonly List<(Fd Socket, int Token)> _clients = [];
    private Fd? _listener;
    private EgressFirewall? _egress;
    private long _lastUse = Environment.TickCount64;
    private bool _isQuiet;
    private int _linger;

    private NameServer(StateLayout layout)
    {
        _layout = layout;
        Forwarder = new Forwarder(Loop);
        Names = new NameDirectory(layout);
        NameServerPaths.MakeDirectory(layout);
    }

    internal EventLoop Loop { get; } = new();

    internal NameDirectory Names { get; }

    internal HostResolvers Host { get; } = new();

    internal Forwarder Forwarder { get; }

    /// <summary>Room for a message: shared, it holds nothing between two calls.</summary>
    internal byte[] Buffer { get; } = new byte[ushort.MaxValue];

    /// <summary>Serves until no container needs it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="starter">The socket of who started this process, its first client.</param>
    /// <param name="held">The descriptor with the lock, which is let go once it listens.</param>
    public static void Run(StateLayout layout, Fd starter, Fd held)
    {
        FileCreationMask.Clear();
        CurrentLimit.RaiseDescriptors();
        using (CgroupHierarchy hierarchy = CgroupHierarchy.Detect())
        {
            SupervisorGroup.TryEnterSystemd(hierarchy);
        }

        OomProtection.TryProtect();
        AwaitStarter(starter);
        Serve(layout, starter, held, Linger);
    }

    /// <summary>As <see cref="Run"/>, in a process that is more than that.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="starter">Its first client.</param>
    /// <param name="held">The descriptor with the lock.</param>
    /// <param name="linger">For how long it waits for somebody to need it, in milliseconds.</param>
    internal static void Serve(StateLayout layout, Fd starter, Fd held, int linger)
    {
        using NameServer server = new(layout) { _linger = linger };
        server.AddClient(starter);

        // The starter's container is in its message, with a question that waits; all others that have a record are without a name server.
        // Who finds this one listening writes its record after that, so nobody is taken for one of those who is about to be handed over.
        server.Loop.Run(milliseconds: 0);
        server.Adopt();
        server.Listen();
        held.Dispose();
        do
        {
            server.Advance();
        }
        while (!server.TryEnd());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ServedContainer container in _served.Values)
        {
            container.Dispose();
        }

        _clients.ForEach(static client => client.Socket.Dispose());
        _listener?.Dispose();
        _egress?.Dispose();
        Names.Dispose();
        Loop.Dispose();
    }

    /// <summary>A container's first process has ended.</summary>
    internal void Ended(ServedContainer container)
    {
        if (_served.TryGetValue(container.Id, out ServedContainer? current) && ReferenceEquals(current, container))
        {
            _served.Remove(container.Id);
        }

        Forget(ResolverRecord.NameOf(container.Id, container.Process));
        container.Dispose();
        _lastUse = Environment.TickCount64;
    }

    /// <summary>Until it has sent its message, or has nothing to send.</summary>
    private static void AwaitStarter(Fd starter)
    {
        using PollSet poll = new();
        poll.Add(starter.Number, PollEvents.Readable);
        poll.Wait(StarterPatience);
    }

    private void Listen()
    {
        using Fd directory = FileAt.OpenDirectory(null, _layout.NameServer);

        // One of a name server that was killed: who starts this one has the lock, and found that nobody listens there.
        FileAt.TryUnlink(directory, NameServerPaths.Socket);
        _listener = UnixSocket.Listen(directory, NameServerPaths.Socket);
        Loop.Add(_listener, PollEvents.Readable, _ => Accept());
    }

    private void Advance()
    {
        bool isBusy = Forwarder.Count > 0;
        foreach (ServedContainer container in _served.Values)
        {
            isBusy |= container.HasStreams;
        }

        if (Loop.Run(isBusy || _served.Count == 0 ? Tick : _isQuiet ? -1 : Quiet))
        {
            _isQuiet = false;
        }
        else if (!isBusy && !_isQuiet)
        {
            _isQuiet = true;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            ProcessMemory.ReleaseCode();
        }

        Forwarder.Advance();
        foreach (ServedContainer container in _served.Values)
        {
            container.Advance();
        }
    }

    /// <summary>What a name server that was killed knew: the sockets are made again.</summary>
    private void Adopt()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, _layout.NameServer))
        {
            if (ResolverRecord.ContainerOf(entry.Text) is not { } id)
            {
                continue;
            }

            ResolverRecord? record = ResolverRecord.TryRead(NameServerPaths.RecordOf(_layout, entry.Text));
            if (record?.Process.TryOpen() is { } process)
            {
                ServeAgain(id, process, record);
            }
            else
            {
                Forget(entry.Text);
            }
        }
    }

    private void ServeAgain(string id, Fd process, ResolverRecord record)
    {
        try
        {
            if (!_served.ContainsKey(id))
            {
                _served.Add(id, new ServedContainer(id, ResolverSockets.Open(process, isNew: false), process, record, this));
                return;
            }
        }
        catch (SyscallException)
        {
            // It is ending, or about to be handed over: then its record is needed still.
        }

        process.Dispose();
    }

    private void Accept()
    {
        while (UnixSocket.TryAccept(_listener!) is { } client)
        {
            AddClient(client);
        }
    }

    private void AddClient(Fd client)
    {
        int token = -1;
        token = Loop.Add(client, PollEvents.Readable, _ => Receive(client, token));
        _clients.Add((client, token));
        _lastUse = Environment.TickCount64;
    }

    /// <summary>The name of a container's record, with its sockets and a pidfd; then the client's end.</summary>
    private void Receive(Fd client, int token)
    {
        Span<byte> message = stackalloc byte[128];
        List<Fd> descriptors = [];
        int length = DescriptorPassing.TryReceive(client, message, descriptors);
        if (length == -(int)Errno.EAGAIN)
        {
            return;
        }

        string name = length > 0 ? Encoding.ASCII.GetString(message[..length]) : "";
        if (descriptors.Count == 3 && ResolverRecord.ContainerOf(name) is { } id
            && ResolverRecord.TryRead(NameServerPaths.RecordOf(_layout, name)) is { } record)
        {
            if (TryServe(id, descriptors, record))
            {
                _ = UnixSocket.TrySend(client, "."u8);
                return;
            }
        }

        descriptors.ForEach(static descriptor => descriptor.Dispose());
        Loop.Remove(client, token);
        client.Dispose();
        _clients.RemoveAll(entry => ReferenceEquals(entry.Socket, client));
        _lastUse = Environment.TickCount64;
    }

    private bool TryServe(string id, List<Fd> descriptors, ResolverRecord record)
    {
        if (_served.TryGetValue(id, out ServedContainer? before))
        {
            if (before.Process.StartTime >= record.Process.StartTime)
            {
                // Found by its record already, and its sockets were made anew; or the container has been started again meanwhile.
                descriptors.ForEach(static descriptor => descriptor.Dispose());
                return true;
            }

            // Started again before its end was noticed.
            _served.Remove(id);
            before.Dispose();
        }

        try
        {
            _served.Add(id, new ServedContainer(id, ResolverSockets.Take(descriptors[0], descriptors[1]), descriptors[2], record, this));
            return true;
        }
        catch (SyscallException)
        {
            // There is no room for one more in the kernel's tables; the others are served.
            return false;
        }
    }

    /// <summary>What it does for a container that may not send anywhere; null for others.</summary>
    internal EgressNames? EgressOf(string id, ResolverRecord record) => record.Egress is null ? null : new EgressNames(
        EgressPolicy.ParseOrNone(record.Egress),
        () => _egress ??= EgressFirewall.Open(FirewallTable.Of(_layout)),
        NameServerPaths.NotesOf(_layout, ResolverRecord.NameOf(id, record.Process)));

    private void Forget(string name)
    {
        FileAt.TryUnlink(null, NameServerPaths.RecordOf(_layout, name));
        FileAt.TryUnlink(null, NameServerPaths.NotesOf(_layout, name));
    }

    /// <summary>Whether nobody has needed it for a while, and nobody is about to: who starts one waits for the lock.</summary>
    private bool TryEnd()
    {
        if (_served.Count > 0 || _clients.Count > 0 || Environment.TickCount64 - _lastUse < _linger)
        {
            return false;
        }

        using FileLock? held = FileLock.TryAcquireOrCreate(null, NameServerPaths.LockOf(_layout), FileLockMode.Exclusive, out _);
        if (held is null)
        {
            // Whoever has deleted the run root wants nothing of it any more, and nobody finds this one there.
            return FileAt.TryStat(null, _layout.NameServer, out _) == Errno.ENOENT;
        }

        Accept();
        if (_clients.Count > 0)
        {
            return false;
        }

        FileAt.TryUnlink(null, Path.Combine(_layout.NameServer, NameServerPaths.Socket));
        return true;
    }
}
