using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Errors;
using FastRun.Grpc;
using FastRun.Layers;

namespace FastRun.DockerApi.BuildKit;

/// <summary>BuildKit's service as its clients call it (BuildKit, control.proto), as far as builds of Dockerfiles need it.</summary>
internal sealed class ControlService(StateLayout layout, ClientSessions sessions, BuildJobs jobs)
{
    /// <summary>Answers a call; null where there is no such one.</summary>
    internal Task? Call(GrpcServerCall call, string method) => method switch
    {
        "Solve" => SolveAsync(call),
        "Status" => StatusAsync(call),
        "ListWorkers" => ListWorkersAsync(call),
        "Info" => InfoAsync(call),
        "DiskUsage" => DiskUsageAsync(call),
        "Prune" => PruneAsync(call),
        "ListenBuildHistory" or "UpdateBuildHistory" => throw new GrpcException(GrpcStatus.Unimplemented, "there is no history of builds"),
        _ => null,
    };

    private async Task SolveAsync(GrpcServerCall call)
    {
        SolveRequest request = SolveRequest.Read(await call.RequestAsync());
        BuildJob job = jobs.Of(request.Ref);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        if (request.HasDefinition)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "a graph of one's own (LLB) cannot be built: only Dockerfiles");
        }

        if (!job.TryAsk(request, gone.Token))
        {
            throw new GrpcException(GrpcStatus.AlreadyExists, $"job ID {request.Ref} exists");
        }

        try
        {
            if (request.Frontend.Length > 0)
            {
                await BuildAsync(job, request, new FrontendRequest(request.Frontend, request.Options, request.Inputs), gone.Token);
            }
            else
            {
                // The client leads the build itself, by the gateway.
                await job.Returned.WaitAsync(gone.Token);
            }

            ProtoWriter response = new ProtoWriter().Map(1, job.Response);
            jobs.End(request.Ref, job);
            await call.SendAsync(response.Written);
        }
        finally
        {
            await gone.CancelAsync();
            jobs.End(request.Ref, job);
            await ApiWork.RunAsync(() => job.Forget(layout));
        }
    }

    /// <summary>Builds what a frontend makes of its options.</summary>
    internal async Task BuildAsync(BuildJob job, SolveRequest request, FrontendRequest asked, CancellationToken gone)
    {
        if (asked.Frontend != "dockerfile.v0")
        {
            throw new GrpcException(GrpcStatus.Unimplemented, $"frontend {asked.Frontend} is not supported: only dockerfile.v0");
        }

        ClientSession session = await sessions.WaitAsync(request.Session, gone);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(gone, session.Gone);
        try
        {
            await ApiWork.RunAsync(() =>
            {
                FrontendOptions? options = null;
                job.Answered(() => options = FrontendOptions.Read(asked.Options, key => jobs.ResultOf(asked.Inputs, key)), either.Token);
                job.Build(layout, session, options!, request, either.Token);
            });
        }
        catch (OperationCanceledException)
        {
            throw new GrpcException(GrpcStatus.Canceled, "context canceled");
        }
    }

    private async Task StatusAsync(GrpcServerCall call)
    {
        ProtoReader.TryText(await call.RequestAsync(), 1, out string id);
        BuildJob job = jobs.Of(id);
        try
        {
            await job.Asked.WaitAsync(BuildJobs.Patience, call.Aborted);
        }
        catch (TimeoutException)
        {
            jobs.Forget(id, job);
            throw new GrpcException(GrpcStatus.NotFound, $"no such job {id}");
        }

        Channel<ReadOnlyMemory<byte>> updates = job.Status.Enter(out IReadOnlyList<ReadOnlyMemory<byte>> before);
        try
        {
            foreach (ReadOnlyMemory<byte> update in before)
            {
                await call.SendAsync(update);
            }

            await foreach (ReadOnlyMemory<byte> update in updates.Reader.ReadAllAsync(call.Aborted))
            {
                await call.SendAsync(update);
            }
        }
        finally
        {
            job.Status.Leave(updates);
        }
    }

    private static async Task ListWorkersAsync(GrpcServerCall call)
    {
        await call.RequestAsync();
        await call.SendAsync(new ProtoWriter().Message(1, BuildWorker.Describe()).Written);
    }

    private static async Task InfoAsync(GrpcServerCall call)
    {
        await call.RequestAsync();
        await call.SendAsync(new ProtoWriter().Message(1, BuildWorker.Version()).Written);
    }

    private async Task DiskUsageAsync(GrpcServerCall call)
    {
        BuildCacheFilter filter = Filter(ProtoReader.Texts(await call.RequestAsync(), 1));
        ProtoWriter response = new();
        foreach (BuildCacheEntry entry in (await ApiWork.RunAsync(() => new BuildCacheUsage(layout).Measure())).Where(filter.Matches))
        {
            response.Message(1, Record(entry));
        }

        await call.SendAsync(response.Written);
    }

    private async Task PruneAsync(GrpcServerCall call)
    {
        PruneRequest request = PruneRequest.Read(await call.RequestAsync());
        BuildCacheFilter filter = Filter(request.Filters);
        DateTimeOffset? until = request.KeepNanoseconds > 0
            ? DateTimeOffset.UtcNow - TimeSpan.FromTicks(request.KeepNanoseconds / TimeSpan.NanosecondsPerTick)
            : null;
        IReadOnlyList<BuildCacheEntry> removed;
        try
        {
            removed = await ApiWork.RunAsync(() =>
            {
                BuildCacheUsage cache = new(layout);
                return cache.Prune(request.All, filter, until, cache.Keep(request.ReservedBytes, request.MostBytes, request.FreeBytes));
            });
        }
        catch (EngineException e)
        {
            throw new GrpcException(GrpcStatus.Unknown, e.Message);
        }

        // What images have stays.
        foreach (BuildCacheEntry entry in removed.Where(static entry => !entry.IsShared))
        {
            await call.SendAsync(Record(entry).Written);
        }
    }

    private static BuildCacheFilter Filter(IReadOnlyList<string> texts)
    {
        try
        {
            return BuildCacheFilter.Parse(texts);
        }
        catch (EngineException e)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, e.Message);
        }
    }

    private static ProtoWriter Record(BuildCacheEntry entry) => new ProtoWriter()
        .Text(1, entry.Id)
        .Flag(2, entry.Type != "regular")
        .Flag(3, entry.IsInUse)
        .Number(4, entry.Bytes)
        .Time(6, entry.LastUsed)
        .Time(7, entry.LastUsed)
        .Number(8, 1)
        .Text(9, entry.Description)
        .Text(10, entry.Type)
        .Flag(11, entry.IsShared);
}
