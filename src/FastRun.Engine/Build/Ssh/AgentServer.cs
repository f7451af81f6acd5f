using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Build.Ssh;

/// <summary>
/// The socket that a RUN sees in the place of an agent's. It hands on the questions which keys there are and for a signature, and
/// nothing else: a step can neither take keys from the user's agent, nor lock it, nor add to it.
/// </summary>
internal sealed class AgentServer : IDisposable
{
    private const int MostConnections = 32;

    private readonly Fd _directory;
    private readonly string _name;
    private readonly ISshAgent _agent;
    private readonly Fd _listener;
    private readonly Fd _wake;
    private readonly Fd _stop;
    private readonly Thread _accept;
    private readonly List<Thread> _threads = [];

    private AgentServer(Fd directory, string name, ISshAgent agent)
    {
        (_directory, _name, _agent) = (directory, name, agent);
        _listener = UnixSocket.Listen(directory, name);
        (_wake, _stop) = UnixSocket.Pair();
        _accept = new Thread(Accept) { IsBackground = true, Name = "ssh agent" };
    }

    /// <summary>Listens.</summary>
    /// <param name="directory">A directory of ours; it is this object's from now on.</param>
    /// <param name="name">The socket's name in it.</param>
    /// <param name="agent">Answers.</param>
    /// <param name="owner">Whose socket it is.</param>
    /// <param name="mode">Its permissions.</param>
    internal static AgentServer Start(Fd directory, string name, ISshAgent agent, (uint Uid, uint Gid) owner, int mode)
    {
        AgentServer server = new(directory, name, agent);
        server._accept.Start();
        try
        {
            FileAt.ChangeOwner(directory, name, owner.Uid, owner.Gid);
            FileAt.ChangeMode(directory, name, mode);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not its end: a process that is being started at this moment may hold a copy of the descriptor.
        UnixSocket.TrySend(_wake, [1]);
        _accept.Join();
        _threads.ForEach(static thread => thread.Join());
        FileAt.TryUnlink(_directory, _name);
        _listener.Dispose();
        _wake.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    private void Accept()
    {
        using PollSet set = new();
        int incoming = set.Add(_listener.Number, PollEvents.Readable);
        int end = set.Add(_stop.Number, PollEvents.Readable);
        while (true)
        {
            // With all places taken, the others wait in the socket's queue.
            _threads.RemoveAll(static thread => thread.Join(0));
            bool isFull = _threads.Count >= MostConnections;
            set.SetInterest(incoming, isFull ? PollEvents.None : PollEvents.Readable);
            set.Wait(isFull ? 100 : -1);
            if (set.Ready(end) != PollEvents.None)
            {
                return;
            }

            if (set.Ready(incoming) != PollEvents.None && TryAccept() is { } connection)
            {
                Thread thread = new(() => Serve(connection)) { IsBackground = true, Name = "ssh agent" };
                _threads.Add(thread);
                thread.Start();
            }
        }
    }

    private Fd? TryAccept()
    {
        try
        {
            return UnixSocket.TryAccept(_listener);
        }
        catch (SyscallException)
        {
            return null;
        }
    }

    private void Serve(Fd connection)
    {
        using (connection)
        {
            AgentStream stream = new(connection, _stop);
            while (stream.TryRead() is { } request
                && stream.TryWrite(request[0] is AgentMessage.RequestIdentities or AgentMessage.SignRequest
                    ? _agent.Answer(request, _stop) ?? [AgentMessage.Failure]
                    : [AgentMessage.Failure]))
            {
            }
        }
    }
}
