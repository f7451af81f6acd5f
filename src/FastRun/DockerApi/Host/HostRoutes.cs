using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Builds;
using FastRun.DockerApi.Images;
using FastRun.Documents;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Filters;
using FastRun.Engine.Host;
using FastRun.Engine.Registries;
using FastRun.Layers;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.DockerApi.Host;

/// <summary>What is asked of the engine as a whole (Engine API, System...).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class HostRoutes(StateLayout layout)
{
    private static readonly byte[] s_ok = "OK"u8.ToArray();

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET" or "HEAD", ["_ping"]) => PingAsync(exchange),
        ("GET", ["version"]) => VersionAsync(exchange),
        ("GET", ["info"]) => exchange.AnswerAsync(200, Info()),
        ("GET", ["events"]) => EventsAsync(exchange),
        ("GET", ["system", "df"]) => DiskUsageAsync(exchange),
        ("POST", ["auth"]) => AuthAsync(exchange),
        ("GET", ["plugins"]) => exchange.AnswerAsync(200, new JsonArray()),
        _ => null,
    };

    private static Task PingAsync(ApiExchange exchange)
    {
        exchange.Http.ResponseHeaders.CacheControl = "no-cache, no-store, must-revalidate";
        exchange.Http.ResponseHeaders.Pragma = "no-cache";
        exchange.Http.ResponseHeaders["Builder-Version"] = "2";
        exchange.Http.ResponseHeaders["Swarm"] = "inactive";
        return exchange.Http.AnswerAsync(200, "text/plain; charset=utf-8", s_ok);
    }

    private static Task VersionAsync(ApiExchange exchange) => exchange.AnswerAsync(200, VersionDocument.Of(goNames: false));

    private JsonObject Info()
    {
        SystemInfo info = SystemInfo.Read(layout);
        JsonObject document = InfoDocument.Of(info);
        document["ID"] = "";
        document["OSVersion"] = "";
        document["SystemTime"] = ApiTime.Text(DateTimeOffset.UtcNow);
        document["LoggingDriver"] = "json-file";
        document["MemoryLimit"] = true;
        document["SwapLimit"] = true;
        document["CpuCfsPeriod"] = true;
        document["CpuCfsQuota"] = true;
        document["CPUShares"] = true;
        document["CPUSet"] = true;
        document["PidsLimit"] = true;
        document["IPv4Forwarding"] = true;
        document["OomKillDisable"] = !info.UnifiedCgroups;
        document["Debug"] = false;
        document["NFd"] = 0;
        document["NGoroutines"] = 0;
        document["NEventsListener"] = 0;
        document["IndexServerAddress"] = "https://index.docker.io/v1/";
        document["RegistryConfig"] = new JsonObject { ["IndexConfigs"] = new JsonObject(), ["InsecureRegistryCIDRs"] = new JsonArray(), ["Mirrors"] = new JsonArray() };
        document["HttpProxy"] = "";
        document["HttpsProxy"] = "";
        document["NoProxy"] = "";
        document["Labels"] = new JsonArray();
        document["ExperimentalBuild"] = false;
        document["Runtimes"] = new JsonObject { ["fastrun"] = new JsonObject { ["path"] = "fastrun" } };
        document["DefaultRuntime"] = "fastrun";
        document["Swarm"] = new JsonObject { ["NodeID"] = "", ["NodeAddr"] = "", ["LocalNodeState"] = "inactive", ["ControlAvailable"] = false, ["Error"] = "", ["RemoteManagers"] = null };
        document["LiveRestoreEnabled"] = true;
        document["Isolation"] = "";
        document["InitBinary"] = "fastrun";
        document["Plugins"] = new JsonObject
        {
            ["Volume"] = JsonFields.ToArray(["local"]),
            ["Network"] = JsonFields.ToArray(["bridge", "host", "ipvlan", "macvlan", "null"]),
            ["Authorization"] = null,
            ["Log"] = JsonFields.ToArray(["json-file", "local", "none"]),
        };
        return document;
    }

    private async Task EventsAsync(ApiExchange exchange)
    {
        EventFilter filter = new();
        FilterTerms terms = exchange.Filters();
        foreach (string key in terms.Keys)
        {
            foreach (string value in terms.Values(key))
            {
                filter.Add($"{key}={value}");
            }
        }

        EventQuery query = new(ApiTime.Parse(exchange, "since"), ApiTime.Parse(exchange, "until"), filter);
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        await exchange.Http.StartAsync();
        await ApiWork.RunAsync(() =>
        {
            using ReadEvents events = new(layout);
            events.Read(
                query,
                happened =>
                {
                    byte[] line = Encoding.UTF8.GetBytes(EventDocument.Of(happened, always: false).ToJsonString() + "\n");
                    exchange.Http.ResponseBody.WriteAsync(line, exchange.Aborted).AsTask().GetAwaiter().GetResult();
                },
                exchange.Aborted);
        });
    }

    private async Task DiskUsageAsync(ApiExchange exchange)
    {
        DiskUsage usage = await ApiWork.RunAsync(() => new MeasureDiskUsage(layout).Run());
        JsonArray images = [.. usage.Store.Images.Select(image => (JsonNode)new JsonObject
        {
            ["Id"] = image.Id.ToString(),
            ["ParentId"] = "",
            ["RepoTags"] = JsonFields.ToArray(usage.Names.Where(name => name.Id == image.Id && name.Tag is not null).Select(static name => $"{name.Repository}:{name.Tag}")),
            ["RepoDigests"] = new JsonArray(),
            ["Created"] = usage.Names.FirstOrDefault(name => name.Id == image.Id)?.Created.ToUnixTimeSeconds() ?? 0,
            ["Size"] = image.Size,
            ["SharedSize"] = image.SharedSize,
            ["Containers"] = image.Users,
            ["Labels"] = null,
        })];
        JsonArray containers = [.. usage.Containers.Select(static container => (JsonNode)new JsonObject
        {
            ["Id"] = container.Id,
            ["SizeRw"] = container.Size,
            ["State"] = container.Running ? "running" : "exited",
        })];
        JsonArray volumes = [.. usage.Volumes.Select(static volume =>
        {
            JsonObject document = VolumeDocument.Of(volume.Volume);
            document["UsageData"] = new JsonObject { ["Size"] = volume.Size, ["RefCount"] = volume.Users };
            return (JsonNode)document;
        })];
        await exchange.AnswerAsync(200, new JsonObject
        {
            ["LayersSize"] = usage.Store.Size,
            ["Images"] = images,
            ["Containers"] = containers,
            ["Volumes"] = volumes,
            ["BuildCache"] = BuildCacheDocument.Of(usage.BuildCache),
        });
    }

    private static async Task AuthAsync(ApiExchange exchange)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        RegistryCredential credential = GivenCredentials.Read(body) ?? throw new ApiException(401, "unauthorized: a user name or a token is needed");
        RegistryServer server = RegistryLogin.Server(body.Text("serveraddress"));
        try
        {
            string? token = await ApiWork.RunAsync(() => RegistryLogin.Check(server, credential));
            await exchange.AnswerAsync(200, new JsonObject { ["Status"] = "Login Succeeded", ["IdentityToken"] = token ?? "" });
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.PermissionDenied)
        {
            throw new ApiException(401, failure.Message);
        }
    }
}
