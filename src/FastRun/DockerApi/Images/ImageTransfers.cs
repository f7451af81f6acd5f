using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>Images that come and go (Engine API, ImageCreate, ImagePush, ImageGet, ImageLoad).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ImageTransfers(StateLayout layout)
{
    internal Task CreateAsync(ApiExchange exchange)
    {
        if (exchange.Query("fromSrc") is { Length: > 0 } source)
        {
            return ImportAsync(exchange, source);
        }

        string name = exchange.Query("fromImage") is { Length: > 0 } image ? image : throw ApiException.Invalid("fromImage is needed");
        name = TaggedName.Of(name, exchange.Query("tag"));

        // Without a tag all of them are meant (Engine API, ImageCreate).
        bool all = TaggedName.IsBare(name);
        Platform? platform = ImageQueries.PlatformOf(exchange);
        PullImage pull = new(layout) { Credentials = GivenCredentials.Of(exchange) };
        return ProgressMessages.RunAsync(exchange, messages =>
        {
            using PullMessages observer = new(messages, exchange.Aborted);
            if (all)
            {
                pull.RunAll(name, platform, observer, static _ => { });
            }
            else
            {
                pull.Run(name, platform, observer);
            }
        });
    }

    /// <summary>Makes an image of a tar: the body, or what a URL leads to. A path of the machine is none.</summary>
    private Task ImportAsync(ApiExchange exchange, string source)
    {
        bool isBody = source == "-";
        ImportRequest request = new()
        {
            // Docker takes what names no scheme for a host.
            Source = isBody || source.StartsWith("http://", System.StringComparison.Ordinal) || source.StartsWith("https://", System.StringComparison.Ordinal)
                ? source
                : "http://" + source,
            Name = exchange.Query("repo") is { Length: > 0 } repository ? TaggedName.Of(repository, exchange.Query("tag")) : null,
            Message = exchange.Query("message") ?? "",
            Changes = exchange.Http.QueryAll("changes"),
            Platform = exchange.Query("platform") is { Length: > 0 } text ? ImageQueries.PlatformOf(text) : null,
        };
        LoadObserver observer = new() { Cancellation = exchange.Aborted };
        ImportImage import = new(layout);
        return ProgressMessages.RunAsync(exchange, messages =>
        {
            if (!isBody)
            {
                messages.Send("Downloading from " + request.Source);
            }

            Digest id = isBody
                ? RequestPipe.RunAsync(exchange, tar => import.Run(request, observer, tar)).GetAwaiter().GetResult()
                : import.Run(request, observer);
            messages.Send(id.ToString());
        });
    }

    internal Task PushAsync(ApiExchange exchange, string name)
    {
        PushImage push = new(layout) { Credentials = GivenCredentials.Of(exchange), Cancellation = exchange.Aborted };
        PushRequest request = new() { Platform = exchange.Version >= new ApiVersion(46) ? ImageQueries.PlatformOf(exchange) : null };
        string? tag = exchange.Query("tag");
        return ProgressMessages.RunAsync(exchange, messages =>
        {
            PushMessages observer = new(messages);
            if (tag is { Length: > 0 })
            {
                push.Run(TaggedName.Of(name, tag), request, observer);
            }
            else
            {
                push.RunAll(TaggedName.Bare(name), request, observer, static _ => { });
            }
        });
    }

    internal Task SaveAsync(ApiExchange exchange, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            throw ApiException.Invalid("names are needed");
        }

        foreach (string name in names)
        {
            // A name that is not there has a status of its own; nothing has been sent yet.
            LocalImages.Require(layout, name, platform: null);
        }

        // An image here is of one platform: of several that are asked for, the others are missing, which is said before anything is sent.
        Platform? platform = null;
        foreach (string text in exchange.Version >= new ApiVersion(48) ? exchange.Http.QueryAll("platform") : [])
        {
            platform = ImageQueries.PlatformOf(text);
            foreach (string name in names)
            {
                LocalImages.Require(layout, name, platform);
            }
        }

        exchange.Http.ResponseHeaders.ContentType = "application/x-tar";
        return ResponseWriter.RunAsync(exchange, output => new SaveImages(layout) { Cancellation = exchange.Aborted }.Run(names, ArchiveFormat.Docker, platform, output));
    }

    internal Task LoadAsync(ApiExchange exchange)
    {
        IReadOnlyList<string> platforms = exchange.Version >= new ApiVersion(48) ? exchange.Http.QueryAll("platform") : [];
        if (platforms.Count > 1)
        {
            throw ApiException.NotImplemented("loading several platforms of an image is not supported: an image here is of one");
        }

        Platform? platform = platforms is [var text] ? ImageQueries.PlatformOf(text) : null;
        LoadObserver observer = new() { Cancellation = exchange.Aborted };
        return ProgressMessages.RunAsync(exchange, messages => RequestPipe.RunAsync(exchange, archive =>
            new LoadImages(layout).Run(archive, platform, observer, image => messages.Send(new JsonObject
            {
                ["stream"] = image.Name is null ? $"Loaded image ID: {image.Id}\n" : $"Loaded image: {image.Name.ToFamiliarString()}\n",
            }))).GetAwaiter().GetResult());
    }
}
