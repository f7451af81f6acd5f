using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Engine.Build;
using FastRun.Engine.Errors;
using FastRun.Grpc;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>A client of BuildKit's: what its build needs is asked for over its session.</summary>
internal sealed class SessionClient(ClientSession session, CancellationToken gone) : BuildClient, IDisposable
{
    // More of them are not worth a header: what comes is judged by them in any case.
    private const int MostPatterns = 100_000;

    private readonly ConcurrentBag<AgentRelay> _agents = [];

    public override CancellationToken Gone => gone;

    public override IRegistryCredentials Credentials { get; } = new SessionCredentials(session);

    /// <summary>The path of what the client uploads as its context; null where it uploads nothing.</summary>
    internal string? Upload { get; init; }

    /// <summary>Which output is which, by what the client calls it.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Exporter(int index) =>
        [new("buildkit-attachable-exporter-id", index.ToString(CultureInfo.InvariantCulture))];

    public override void WriteInput(Stream output)
    {
        if (Upload is not { } path)
        {
            base.WriteInput(output);
            return;
        }

        Asked("its context", () =>
        {
            using GrpcClientCall call = session.Channel.Begin("/moby.upload.v1.Upload/Pull", [new("urlpath", path), new("urlhost", "buildkit-session")], gone);
            while (call.ReceiveAsync().GetAwaiter().GetResult() is { } message)
            {
                output.Write(BytesMessage.Read(message));
            }

            return 0;
        });
    }

    public override void WriteDirectory(string name, IReadOnlyList<string> paths, IReadOnlyList<string> excluded, Stream output) =>
        Asked($"its directory {name}", () =>
        {
            List<KeyValuePair<string, string>> metadata = [];
            ClientSession.AddMetadata(metadata, "dir-name", [name]);
            ClientSession.AddMetadata(metadata, "followpaths", paths);
            if (excluded.Sum(static pattern => (long)pattern.Length) < MostPatterns)
            {
                ClientSession.AddMetadata(metadata, "exclude-patterns", excluded);
            }

            using GrpcClientCall call = session.Channel.Begin("/moby.filesync.v1.FileSync/DiffCopy", metadata, gone);
            new DirectoryReceiver(call, output).RunAsync().GetAwaiter().GetResult();
            return 0;
        });

    public override void WriteBlob(string store, Digest digest, Stream output) => Asked($"a blob of its OCI layout ({digest})", () =>
    {
        // containerd, services/content/v1; session/content says which store is meant.
        using GrpcClientCall call = session.Channel.Begin("/containerd.services.content.v1.Content/Read", [new("buildkit-attachable-store-id", "oci:" + store)], gone);
        call.SendAsync(new ProtoWriter().Text(1, digest.ToString()).Written).GetAwaiter().GetResult();
        call.EndSendingAsync().GetAwaiter().GetResult();
        while (call.ReceiveAsync().GetAwaiter().GetResult() is { } message)
        {
            output.Write(BytesMessage.Read(message, field: 2));
        }

        return 0;
    });

    public override byte[]? TryReadSecret(string id) => Asked($"its secret {id}", () =>
    {
        try
        {
            return BytesMessage.Read(
                session.Channel.CallAsync("/moby.buildkit.secrets.v1.Secrets/GetSecret", new ProtoWriter().Text(1, id).Written, gone).GetAwaiter().GetResult());
        }
        catch (GrpcException e) when (e.Status is GrpcStatus.NotFound or GrpcStatus.Unimplemented)
        {
            return null;
        }
    });

    public override bool TryOpenAgent(string id, string path)
    {
        if (AgentRelay.TryOpen(session, id, path, gone) is not { } relay)
        {
            return false;
        }

        _agents.Add(relay);
        return true;
    }

    public override void TakeFiles(IReadOnlyList<(Fd Root, string Name)> roots, FileTime? modified, int index) => Asked("to take its output", () =>
    {
        using GrpcClientCall call = session.Channel.Begin("/moby.filesync.v1.FileSend/DiffCopy", Exporter(index), gone);
        new DirectorySender(call, roots, modified).RunAsync().GetAwaiter().GetResult();
        return 0;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AgentRelay agent in _agents)
        {
            agent.Dispose();
        }
    }

    private T Asked<T>(string what, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (GrpcException e)
        {
            gone.ThrowIfCancellationRequested();
            throw new EngineException(ErrorKind.Unavailable, $"the client was asked for {what}: {e.Message}", e);
        }
    }
}
