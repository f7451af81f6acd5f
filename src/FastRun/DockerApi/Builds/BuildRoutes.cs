using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi.Images;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Builds;

/// <summary>Builds by the classic protocol, and their cache (Engine API, ImageBuild, BuildPrune, BuildCancel).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class BuildRoutes(StateLayout layout)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("POST", ["build"]) => BuildAsync(exchange),
        ("POST", ["build", "prune"]) => PruneAsync(exchange),
        ("POST", ["build", "cancel"]) => CancelAsync(exchange),
        _ => null,
    };

    private async Task BuildAsync(ApiExchange exchange)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted);
        BuildRequest request = ClassicRequest.Read(exchange, new ClassicClient(exchange, stop.Token));
        List<ImageReference> names = [.. request.Tags.Select(static tag => TagImage.ParseTarget(tag))];
        string? id = exchange.Query("buildid") is { Length: > 0 } given ? given : null;
        if (id is not null && !_running.TryAdd(id, stop))
        {
            throw new ApiException(409, $"a build with the id {id} is running");
        }

        try
        {
            await ProgressMessages.RunAsync(exchange, messages => Build(exchange, request, names, messages), whole: true);
        }
        finally
        {
            if (id is not null)
            {
                _running.TryRemove(id, out _);
            }
        }
    }

    private void Build(ApiExchange exchange, BuildRequest request, List<ImageReference> names, ProgressMessages messages)
    {
        ClassicMessages observer = new(messages, exchange.Flag("q"));
        try
        {
            if (new BuildImage(layout).Run(request, observer, System.IO.Stream.Null) is { } image)
            {
                observer.Done(image, names);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new EngineException(ErrorKind.Interrupted, "build cancelled", e);
        }
        catch (EngineException e) when (e.FailedCommand is { } command)
        {
            throw e.InWords($"The command '{command.Command}' returned a non-zero code: {command.ExitCode}");
        }
    }

    private async Task PruneAsync(ApiExchange exchange)
    {
        FilterTerms filters = exchange.Filters();
        // keep-storage was what is reserved now (moby's api/docs/CHANGELOG.md, 1.48).
        long reserved = Math.Max(Bytes(exchange, "reserved-space"), Bytes(exchange, "keep-storage"));
        (long most, long free) = (Bytes(exchange, "max-used-space"), Bytes(exchange, "min-free-space"));
        bool all = exchange.Flag("all");
        BuildCacheFilter filter = BuildCacheFilter.Of(filters.Without("until"));
        IReadOnlyList<BuildCacheEntry> removed = await ApiWork.RunAsync(
            () =>
            {
                BuildCacheUsage cache = new(layout);
                return cache.Prune(all, filter, ApiTime.Until(filters), cache.Keep(reserved, most, free));
            });
        await exchange.AnswerAsync(200, new JsonObject
        {
            ["CachesDeleted"] = removed.Count == 0 ? null : JsonFields.ToArray(removed.Select(static entry => entry.Id)),

            // What images have stays.
            ["SpaceReclaimed"] = removed.Where(static entry => !entry.IsShared).Sum(static entry => entry.Bytes),
        });
    }

    private static long Bytes(ApiExchange exchange, string name) => exchange.Query(name) is not { Length: > 0 } text ? 0
        : long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long bytes) ? bytes
        : throw ApiException.Invalid($"invalid value for {name}: \"{text}\"");

    private Task CancelAsync(ApiExchange exchange)
    {
        string id = exchange.Query("id") is { Length: > 0 } given ? given : throw ApiException.Invalid("build ID not provided");
        if (_running.TryGetValue(id, out CancellationTokenSource? stop))
        {
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended meanwhile.
            }
        }

        return exchange.AnswerAsync(204);
    }
}
