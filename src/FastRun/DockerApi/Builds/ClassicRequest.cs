using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using FastRun.DockerApi.Images;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Containers.Syntax;
using FastRun.Native.Cgroups;

namespace FastRun.DockerApi.Builds;

/// <summary>The query of a build (Engine API, ImageBuild).</summary>
internal static class ClassicRequest
{
    private const string DefaultFile = "Dockerfile";

    /// <summary>Reads it.</summary>
    /// <exception cref="ApiException">Something is wrong, or not there.</exception>
    internal static BuildRequest Read(ApiExchange exchange, BuildClient client)
    {
        Refuse(exchange);
        string remote = exchange.Query("remote") ?? "";
        string? file = exchange.Query("dockerfile") is { Length: > 0 } name ? name : null;
        return new BuildRequest
        {
            Client = client,
            Context = remote is "" or "client-session" ? "-" : Remote(remote),

            // What a URL leads to may be a Dockerfile, which has no other one.
            Dockerfile = remote.Length > 0 && file == DefaultFile ? null : file,
            Tags = [.. Texts(exchange, "t")],
            BuildArguments = Map(exchange, "buildargs"),
            Labels = Map(exchange, "labels"),
            Target = exchange.Query("target") is { Length: > 0 } target ? target : null,
            NoCache = exchange.Flag("nocache"),
            Pull = exchange.Flag("pull"),
            Platforms = exchange.Query("platform") is { Length: > 0 } platform ? [ImageQueries.PlatformOf(platform)] : [],
            Network = exchange.Query("networkmode") is { Length: > 0 } network ? network : "default",
            ExtraHosts = [.. Texts(exchange, "extrahosts").ConvertAll(ExtraHostSyntax.Parse)],
            ShmSizeBytes = Number(exchange, "shmsize"),
            CgroupParent = exchange.Query("cgroupparent") is { Length: > 0 } parent ? parent : null,
            Ulimits = Ulimits(exchange),
            CacheFrom = CacheFrom(exchange),
            Limits = new CgroupLimits
            {
                MemoryBytes = Number(exchange, "memory"),
                MemorySwapBytes = Number(exchange, "memswap"),
                CpuShares = Number(exchange, "cpushares"),
                CpuPeriodMicroseconds = Number(exchange, "cpuperiod"),
                CpuQuotaMicroseconds = Number(exchange, "cpuquota"),
                CpusetCpus = exchange.Query("cpusetcpus") is { Length: > 0 } cpus ? cpus : null,
                CpusetMems = exchange.Query("cpusetmems") is { Length: > 0 } mems ? mems : null,
            },
        };
    }

    private static void Refuse(ApiExchange exchange)
    {
        if (exchange.Query("version") is "2")
        {
            throw ApiException.NotImplemented("BuildKit is reached by /grpc and /session, not by /build");
        }

        if (exchange.Flag("squash"))
        {
            throw ApiException.Invalid("squash is only supported with experimental mode");
        }

        if (exchange.Query("isolation") is { Length: > 0 } isolation && isolation != "default")
        {
            throw ApiException.Invalid($"Unsupported isolation: {isolation}");
        }

        foreach (string name in (string[])["securityopt", "storageopt", "outputs"])
        {
            if (exchange.Query(name) is not (null or "" or "{}" or "[]" or "null"))
            {
                throw ApiException.NotImplemented($"{name} is not supported by builds");
            }
        }
    }

    /// <summary>A repository or a URL: nothing that lies on this machine is built for a client.</summary>
    private static string Remote(string text) => text is not "-" && !text.StartsWith(BuildClient.DirectoryScheme, StringComparison.Ordinal)
        ? text
        : throw ApiException.Invalid($"invalid remote: {text}");

    private static long? Number(ApiExchange exchange, string name) => exchange.Query(name) is not { Length: > 0 } text ? null
        : !long.TryParse(text, out long number) ? throw ApiException.Invalid($"invalid value for {name}: \"{text}\"")
        : number == 0 ? null : number;

    private static List<string> Texts(ApiExchange exchange, string name)
    {
        List<string> texts = [.. exchange.Http.QueryAll(name)];
        texts.RemoveAll(static text => text.Length == 0);
        return texts;
    }

    private static Dictionary<string, string> Map(ApiExchange exchange, string name)
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        if (Json(exchange, name, JsonValueKind.Object) is { } document)
        {
            using (document)
            {
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    if (property.Value.ValueKind == JsonValueKind.String)
                    {
                        map[property.Name] = property.Value.GetString()!;
                    }
                    else if (property.Value.ValueKind != JsonValueKind.Null)
                    {
                        throw ApiException.Invalid($"error reading {name}: {property.Name} must be a string");
                    }
                }
            }
        }

        return map;
    }

    private static List<CacheLocation> CacheFrom(ApiExchange exchange)
    {
        List<CacheLocation> caches = [];
        if (Json(exchange, "cachefrom", JsonValueKind.Array) is { } document)
        {
            using (document)
            {
                foreach (JsonElement image in document.RootElement.EnumerateArray())
                {
                    caches.AddRange(image.ValueKind == JsonValueKind.String && !image.GetString()!.Contains('=', StringComparison.Ordinal)
                        ? CacheLocationSyntax.ParseSource(image.GetString()!)
                        : throw ApiException.Invalid("error reading cachefrom: it must be a list of images"));
                }
            }
        }

        return caches;
    }

    private static List<Ulimit> Ulimits(ApiExchange exchange)
    {
        List<Ulimit> limits = [];
        if (Json(exchange, "ulimits", JsonValueKind.Array) is { } document)
        {
            using (document)
            {
                foreach (JsonElement limit in document.RootElement.EnumerateArray())
                {
                    limits.Add(UlimitSyntax.Parse($"{limit.Text("Name")}={limit.Number("Soft") ?? 0}:{limit.Number("Hard") ?? 0}"));
                }
            }
        }

        return limits;
    }

    /// <summary>A field that is JSON; null where it is missing.</summary>
    private static JsonDocument? Json(ApiExchange exchange, string name, JsonValueKind kind)
    {
        if (exchange.Query(name) is not { Length: > 0 } text || text == "null")
        {
            return null;
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind == kind)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw ApiException.Invalid($"error reading {name}: it must be a JSON {(kind == JsonValueKind.Object ? "object" : "array")}");
    }
}
