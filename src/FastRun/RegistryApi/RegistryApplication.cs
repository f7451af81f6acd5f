using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;
using FastRun.Native;

namespace FastRun.RegistryApi;

/// <summary>A registry as HTTP clients see it (OCI distribution-spec 1.1): who may come, what is asked for, what an error is.</summary>
/// <param name="content">What it serves.</param>
/// <param name="directory">Where pushes go; null where it takes none.</param>
/// <param name="options">What clients may do.</param>
internal sealed class RegistryApplication(IHostedContent content, RegistryDirectory? directory, RegistryOptions options)
{
    private readonly BlobRequests _blobs = new(content, directory, options);
    private readonly ManifestRequests _manifests = new(content, directory, options);
    private readonly ListRequests _lists = new(content);
    private readonly UploadRequests? _uploads = directory is null ? null : new UploadRequests(directory);

    /// <summary>Answers one request, and notes that.</summary>
    internal async Task HandleAsync(HttpExchange exchange)
    {
        if (options.Log is not { } log)
        {
            await AnswerAsync(exchange);
            return;
        }

        long began = Stopwatch.GetTimestamp();
        int? failed = null;
        try
        {
            await AnswerAsync(exchange);
        }
        catch (Exception e)
        {
            // The server answers what breaks HTTP itself.
            failed = e is Microsoft.AspNetCore.Http.BadHttpRequestException bad ? bad.StatusCode : 500;
            throw;
        }
        finally
        {
            log.Write(exchange, failed ?? exchange.Status, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task AnswerAsync(HttpExchange exchange)
    {
        try
        {
            exchange.ResponseHeaders["Docker-Distribution-Api-Version"] = "registry/2.0";
            exchange.ResponseHeaders.XContentTypeOptions = "nosniff";
            if (options.Users is { } users
                && (exchange.User = await users.AdmitAsync(exchange.RequestHeaders.Authorization.ToString(), exchange.Aborted)) is null)
            {
                exchange.ResponseHeaders.WWWAuthenticate = "Basic realm=\"fastrun registry\"";
                await RegistryErrors.AnswerAsync(exchange, 401, "UNAUTHORIZED", "authentication required");
                return;
            }

            await DispatchAsync(exchange, RegistryRoute.Parse(exchange.Path));
        }
        catch (HostingException e) when (!exchange.HasStarted)
        {
            exchange.ResponseHeaders.ContentLength = null;
            await RegistryErrors.AnswerAsync(exchange, e);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException and not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The client is gone.
            exchange.Abort();
        }
        catch (Exception e) when (e is HostingException or SyscallException or CorruptContentException)
        {
            // What was cut off is known from its length; who runs the registry has to hear of it.
            options.Report($"{exchange}: {e.Message}");
            if (exchange.HasStarted)
            {
                exchange.Abort();
                return;
            }

            exchange.ResponseHeaders.ContentLength = null;
            await RegistryErrors.AnswerAsync(exchange, 500, "UNKNOWN", "the registry failed; its log says why");
        }
    }

    private Task DispatchAsync(HttpExchange exchange, RegistryRoute route) => (route.Kind, exchange.Method) switch
    {
        (RouteKind.Version, "GET" or "HEAD") => exchange.AnswerAsync(200, "application/json", "{}"u8.ToArray()),
        (RouteKind.Catalog, "GET") => _lists.CatalogAsync(exchange),
        (RouteKind.Tags, "GET") => _lists.TagsAsync(exchange, route.Name),
        (RouteKind.Referrers, "GET") => _lists.ReferrersAsync(exchange, route.Name, RequireDigest(route.Last)),
        (RouteKind.Blob, "GET" or "HEAD") => _blobs.GetAsync(exchange, route.Name, RequireDigest(route.Last)),
        (RouteKind.Blob, "DELETE") => _blobs.DeleteAsync(exchange, route.Name, RequireDigest(route.Last)),
        (RouteKind.Manifest, "GET" or "HEAD") => _manifests.GetAsync(exchange, route.Name, route.Last),
        (RouteKind.Manifest, "PUT") => _manifests.PutAsync(exchange, route.Name, route.Last),
        (RouteKind.Manifest, "DELETE") => _manifests.DeleteAsync(exchange, route.Name, route.Last),
        (RouteKind.Upload, _) => UploadAsync(exchange, route),
        (RouteKind.None, _) => RegistryErrors.AnswerAsync(exchange, 404, "NAME_UNKNOWN", "there is nothing at this address"),
        _ => throw new HostingException(HostingFault.Unsupported, $"{exchange.Method} is not supported here"),
    };

    private Task UploadAsync(HttpExchange exchange, RegistryRoute route)
    {
        UploadRequests uploads = _uploads ?? throw new HostingException(HostingFault.Unsupported, "this registry takes no pushes");
        return (exchange.Method, route.Last.Length) switch
        {
            ("POST", 0) => uploads.BeginAsync(exchange, route.Name),
            ("PATCH", > 0) => uploads.AppendAsync(exchange, route.Name, route.Last),
            ("PUT", > 0) => uploads.CompleteAsync(exchange, route.Name, route.Last),
            ("GET", > 0) => uploads.StatusAsync(exchange, route.Name, route.Last),
            ("DELETE", > 0) => uploads.CancelAsync(exchange, route.Name, route.Last),
            _ => throw new HostingException(HostingFault.Unsupported, $"{exchange.Method} is not supported here"),
        };
    }

    /// <summary>A digest that a client wrote.</summary>
    /// <exception cref="HostingException">It is none.</exception>
    internal static Digest RequireDigest(string? text) => Digest.TryParse(text, out Digest digest)
        ? digest
        : throw new HostingException(HostingFault.DigestInvalid, "the digest is invalid: sha256:<64 hex> or sha512:<128 hex> is one");
}
