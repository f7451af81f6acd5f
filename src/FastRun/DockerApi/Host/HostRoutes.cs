using System;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
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
    /// <summary>RFC 7464: each text begins with a record separator.</summary>
    private const string Sequence = "application/json-seq";

    private static readonly byte[] s_ok = "OK"u8.ToArray();

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET" or "HEAD", ["_ping"]) => PingAsync(exchange),
        ("GET", ["version"]) => VersionAsync(exchange),
        ("GET", ["info"]) => exchange.AnswerAsync(200, Info(exchange.Version)),
        ("GET", ["events"]) => EventsAsync(exchange),
        ("GET", ["system", "df"]) => new DiskUsageRequests(layout).AnswerAsync(exchange),
        ("POST", ["auth"]) => AuthAsync(exchange),
        (var method, ["plugins", ..]) => PluginsAsync(exchange, method),
        _ => null,
    };

    /// <summary>There are none, and none can be had.</summary>
    private static Task PluginsAsync(ApiExchange exchange, string method) => (method, exchange.Path) switch
    {
        ("GET", [_]) => exchange.AnswerAsync(200, new JsonArray()),
        ("GET", [_, "privileges"]) or ("POST", [_, "pull" or "create"]) or ("POST", [_, .., "upgrade"]) =>
            throw ApiException.NotImplemented("plugins are not supported"),
        ("GET", [_, .. { Length: > 0 } name, "json"]) => throw NoPlugin(name),
        ("DELETE", [_, .. { Length: > 0 } name]) => throw NoPlugin(name),
        ("POST", [_, .. { Length: > 0 } name, "enable" or "disable" or "push" or "set"]) => throw NoPlugin(name),
        _ => throw new ApiException(404, "page not found"),
    };

    private static ApiException NoPlugin(string[] name) => new(404, $"plugin \"{string.Join('/', name)}\" not found");

    private static Task PingAsync(ApiExchange exchange)
    {
        exchange.Http.ResponseHeaders.CacheControl = "no-cache, no-store, must-revalidate";
        exchange.Http.ResponseHeaders.Pragma = "no-cache";
        exchange.Http.ResponseHeaders["Builder-Version"] = "2";
        exchange.Http.ResponseHeaders["Swarm"] = "inactive";
        return exchange.Http.AnswerAsync(200, "text/plain; charset=utf-8", s_ok);
    }

    private static Task VersionAsync(ApiExchange exchange) => exchange.AnswerAsync(200, VersionDocument.Of(goNames: false));

    private JsonObject Info(ApiVersion version)
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
        JsonObject registries = new() { ["IndexConfigs"] = new JsonObject(), ["InsecureRegistryCIDRs"] = new JsonArray(), ["Mirrors"] = new JsonArray() };
        document["RegistryConfig"] = registries;
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
        if (version >= new ApiVersion(44))
        {
            document["CDISpecDirs"] = new JsonArray();
        }

        if (version >= new ApiVersion(49))
        {
            document["FirewallBackend"] = new JsonObject { ["Driver"] = "nftables" };
        }
        else
        {
            registries["AllowNondistributableArtifactsCIDRs"] = null;
            registries["AllowNondistributableArtifactsHostnames"] = null;
        }

        if (version < new ApiVersion(50))
        {
            document["BridgeNfIptables"] = false;
            document["BridgeNfIp6tables"] = false;
        }

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
        string type = EventType(exchange);
        string begin = type == Sequence ? "\u001e" : "";
        exchange.Http.ResponseHeaders.ContentType = type;
        await exchange.Http.StartAsync();
        await ApiWork.RunAsync(() =>
        {
            ReadEvents events = new(layout);
            events.Read(
                query,
                happened =>
                {
                    byte[] line = Encoding.UTF8.GetBytes(begin + Event(happened, exchange.Version).ToJsonString() + "\n");
                    exchange.Http.ResponseBody.WriteAsync(line, exchange.Aborted).AsTask().GetAwaiter().GetResult();
                },
                exchange.Aborted);
        });
    }

    /// <summary>The members of old went in 1.52.</summary>
    private static JsonObject Event(EngineEvent happened, ApiVersion version)
    {
        JsonObject document = EventDocument.Of(happened, always: false);
        if (version >= new ApiVersion(52))
        {
            document.Remove("status");
            document.Remove("id");
            document.Remove("from");
        }

        return document;
    }

    /// <summary>What the client takes of the types that there are since 1.52; before, there was one.</summary>
    private static string EventType(ApiExchange exchange)
    {
        foreach (string? accepted in exchange.Http.RequestHeaders.Accept)
        {
            foreach (string type in (accepted ?? "").Split(','))
            {
                string name = type.Split(';')[0].Trim();
                if (exchange.Version >= new ApiVersion(52) && name is ("application/x-ndjson" or Sequence))
                {
                    return name;
                }
            }
        }

        return "application/json";
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
