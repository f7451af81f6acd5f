using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// A client's session: a connection over which the daemon calls the client, for its files, secrets, agents and credentials
/// (BuildKit, session).
/// </summary>
internal sealed class ClientSession : IDisposable
{
    private readonly HijackedStream _connection;

    private ClientSession(string id, HijackedStream connection) => (Id, _connection, Channel) = (id, connection, new GrpcChannel(connection.Stream));

    /// <summary>What the client calls it.</summary>
    internal string Id { get; }

    /// <summary>Cancelled when the client is gone.</summary>
    internal CancellationToken Gone => _connection.Gone;

    /// <summary>Calls the client.</summary>
    internal GrpcChannel Channel { get; }

    /// <summary>Holds a session as long as its client does.</summary>
    internal static async Task RunAsync(ApiExchange exchange, ClientSessions sessions)
    {
        string id = exchange.Http.RequestHeaders["X-Docker-Expose-Session-Uuid"].ToString();
        if (id.Length is 0 or > 128)
        {
            throw ApiException.Invalid("the session has no id");
        }

        await using HijackedStream connection = await HijackedStream.UpgradeAsync(exchange, "h2c");
        using ClientSession session = new(id, connection);
        if (sessions.TryAdd(session))
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, connection.Gone);
            }
            catch (OperationCanceledException)
            {
                // The client has left.
            }
            finally
            {
                sessions.Remove(session);
            }
        }
    }

    /// <summary>Metadata of a call, whose values Go's clients unescape (BuildKit, session/filesync); older ones without being told to.</summary>
    internal static void AddMetadata(ICollection<KeyValuePair<string, string>> metadata, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            metadata.Add(new(name, RepeatedMetadata.Join(values)));
            metadata.Add(new(name + "-encoded", "1"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Channel.Dispose();
}
