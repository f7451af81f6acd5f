using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;

namespace FastRun.Http;

/// <summary>
/// The sockets that a server listens at. They stay open while no Kestrel takes connections from them: those that come meanwhile wait
/// for the next one.
/// </summary>
internal sealed class ListeningSockets : IConnectionListenerFactory, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ListeningSocket> _sockets = [];
    private readonly int _most;
    private TaskCompletionSource _empty = new();
    private bool _isClosed;
    private int _open;

    /// <summary>Binds them.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="most">The most connections at once; more are closed as they come.</param>
    /// <exception cref="SocketException">An address cannot be had.</exception>
    internal ListeningSockets(IEnumerable<EndPoint> endpoints, int most)
    {
        _most = most;
        _empty.SetResult();
        try
        {
            foreach (EndPoint endpoint in endpoints)
            {
                _sockets.Add(new ListeningSocket(endpoint));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where they listen, with the ports that were found.</summary>
    internal IReadOnlyList<EndPoint> Endpoints => [.. _sockets.Select(static socket => socket.EndPoint)];

    /// <summary>Waits until there is a connection to be taken.</summary>
    internal Task ArrivalAsync(CancellationToken cancellation) =>
        Task.WhenAny(_sockets.Select(static socket => socket.NextAsync())).WaitAsync(cancellation);

    /// <summary>Waits until none of the connections that were taken is open.</summary>
    internal Task EmptyAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _empty.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Lets new connections wait from now on; false, and nothing, where some are open.</summary>
    internal bool TryClose()
    {
        lock (_gate)
        {
            return _isClosed = _open == 0;
        }
    }

    /// <summary>Gives connections away again.</summary>
    internal void Reopen()
    {
        lock (_gate)
        {
            _isClosed = false;
        }
    }

    /// <summary>What connections go through: counts them out when they end.</summary>
    internal async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await next(connection);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(this, _sockets.First(socket => socket.EndPoint.Equals(endpoint))));

    /// <inheritdoc/>
    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    /// <summary>Counts a connection in; false where it has to wait for the next Kestrel.</summary>
    private bool TryEnter(out bool isOneTooMany)
    {
        lock (_gate)
        {
            isOneTooMany = _open == _most;
            if (_isClosed)
            {
                return false;
            }

            if (_open++ == 0)
            {
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return true;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_open == 0)
            {
                _empty.SetResult();
            }
        }
    }

    /// <summary>One of the sockets for one Kestrel.</summary>
    private sealed class Listener(ListeningSockets sockets, ListeningSocket socket) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => socket.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (!_unbound.IsCancellationRequested)
            {
                try
                {
                    await ((Task)socket.NextAsync()).WaitAsync(_unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                catch (ObjectDisposedException)
                {
                    return null;
                }

                if (_unbound.IsCancellationRequested || !sockets.TryEnter(out bool isOneTooMany))
                {
                    return null;
                }

                ConnectionContext? connection = await socket.TakeAsync();
                if (connection is not null && !isOneTooMany)
                {
                    return connection;
                }

                sockets.Leave();
                await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.Cancel();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
