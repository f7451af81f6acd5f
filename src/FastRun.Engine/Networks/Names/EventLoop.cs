using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Networks.Names;

/// <summary>Calls whoever waits for a descriptor once it is ready. One thread; a handler may add and remove what it likes.</summary>
internal sealed class EventLoop : IDisposable
{
    private readonly EventPoll _poll = new();
    private readonly List<Action<PollEvents>?> _handlers = [];
    private readonly Stack<int> _free = [];
    private readonly List<int> _removed = [];
    private readonly (int Token, PollEvents Events)[] _ready = new (int, PollEvents)[64];

    /// <summary>Adds a descriptor, which the caller goes on to own.</summary>
    /// <returns>What it is removed by.</returns>
    internal int Add(Fd descriptor, PollEvents interest, Action<PollEvents> handler)
    {
        if (!_free.TryPop(out int token))
        {
            token = _handlers.Count;
            _handlers.Add(null);
        }

        _handlers[token] = handler;
        try
        {
            _poll.Add(descriptor, interest, token);
        }
        catch (SyscallException)
        {
            _handlers[token] = null;
            _free.Push(token);
            throw;
        }

        return token;
    }

    /// <summary>Changes what is waited for.</summary>
    internal void Modify(Fd descriptor, int token, PollEvents interest) => _poll.Modify(descriptor, interest, token);

    /// <summary>Removes a descriptor before it is closed: another process may have it open still.</summary>
    internal void Remove(Fd descriptor, int token)
    {
        _poll.Remove(descriptor);
        _handlers[token] = null;

        // Not free before the events of this moment are all handled: one of them may be for it.
        _removed.Add(token);
    }

    /// <summary>Waits for something and handles what is ready.</summary>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>False when the time is over.</returns>
    internal bool Run(int milliseconds)
    {
        int count = _poll.Wait(_ready, milliseconds);
        for (int i = 0; i < count; i++)
        {
            _handlers[_ready[i].Token]?.Invoke(_ready[i].Events);
        }

        _removed.ForEach(_free.Push);
        _removed.Clear();
        return count > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _poll.Dispose();
}
