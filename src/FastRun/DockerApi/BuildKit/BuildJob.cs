using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Grpc;
using FastRun.Layers;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// A build that a client of BuildKit's asks for by Control.Solve, of which it asks for the progress by Control.Status, and which the
/// client leads itself by the gateway, where Solve names no frontend.
/// </summary>
/// <param name="id">What the client calls it.</param>
internal sealed class BuildJob(string id)
{
    private readonly TaskCompletionSource<(SolveRequest Request, CancellationToken Gone)> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, string> _response = new Dictionary<string, string>();

    /// <summary>How it gets on.</summary>
    internal StatusLog Status { get; } = new(id);

    /// <summary>What it is asked for, as soon as that is known.</summary>
    internal Task<(SolveRequest Request, CancellationToken Gone)> Asked => _asked.Task;

    /// <summary>The client has come to an end by the gateway.</summary>
    internal Task Returned => _returned.Task;

    /// <summary>What the client is told of what was made.</summary>
    internal IReadOnlyDictionary<string, string> Response => _response;

    /// <summary>Tells what it is asked for; false where that was told before.</summary>
    internal bool TryAsk(SolveRequest request, CancellationToken gone) => _asked.TrySetResult((request, gone));

    /// <summary>The client says by the gateway that it is through.</summary>
    internal void Return(GrpcException? failure)
    {
        if (failure is null)
        {
            _returned.TrySetResult();
        }
        else
        {
            _returned.TrySetException(failure);
        }
    }

    /// <summary>Builds a Dockerfile, and does what was asked for with the result.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="session">The client's session.</param>
    /// <param name="options">The frontend's.</param>
    /// <param name="request">What becomes of it.</param>
    /// <param name="gone">Ends it.</param>
    /// <exception cref="GrpcException">It has failed.</exception>
    internal void Build(StateLayout layout, ClientSession session, IReadOnlyDictionary<string, string> options, SolveRequest request, CancellationToken gone)
    {
        try
        {
            FrontendOptions frontend = FrontendOptions.Read(options);
            List<BuildOutput> outputs = [.. request.Exporters.Select(Output)];
            List<string> names = [.. request.Exporters.SelectMany(Names).Distinct()];
            int stream = outputs.FindIndex(static output => output.Destination == "-");
            if (outputs.Count(static output => output.Destination == "-") > 1)
            {
                throw new EngineException(ErrorKind.Unsupported, "several archives as outputs of one build are not supported");
            }

            using SessionClient client = new(session, gone) { Upload = frontend.Upload };
            using ByteStream archive = new(session, SessionClient.Exporter(Math.Max(stream, 0)));
            BuildRequest build = frontend.Request(client) with
            {
                Tags = names,
                Outputs = outputs.Count == 0 ? [new BuildOutput(BuildOutputKind.None)] : outputs,
                Entitlements = request.Entitlements,
                CacheFrom = [.. request.CacheImports.SelectMany(static cache => CacheLocationSyntax.ParseSource(Remote(cache)))],
                CacheTo = [.. request.CacheExports.SelectMany(static cache => CacheLocationSyntax.ParseTarget(Remote(cache)))],
            };
            Digest? image = new BuildImage(layout).Run(build, Status, archive);
            archive.Complete();
            foreach (string unused in frontend.Unused)
            {
                Status.Note(unused);
            }

            _response = Describe(image, names);
        }
        catch (EngineException e)
        {
            GrpcStatus status = gone.IsCancellationRequested ? GrpcStatus.Canceled : StatusOf(e.Kind);
            throw new GrpcException(status, e.Message) { Details = Status.Source?.Status(status, e.Message) ?? default };
        }
    }

    private static Dictionary<string, string> Describe(Digest? image, List<string> names)
    {
        Dictionary<string, string> response = new(StringComparer.Ordinal);
        if (image is { } digest)
        {
            // As Docker's own store: an image that no registry has seen has its config's digest only.
            response["containerimage.digest"] = digest.ToString();
            response["containerimage.config.digest"] = digest.ToString();
            if (names.Count > 0)
            {
                response["image.name"] = string.Join(',', names.Select(static name => TagImage.ParseTarget(name).ToString()));
            }
        }

        return response;
    }

    private static IEnumerable<string> Names(SolveExporter exporter) =>
        exporter.Attributes.TryGetValue("name", out string? names) ? names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

    /// <summary>A cache that is not on this machine's disk, which is none of the client's.</summary>
    private static string Remote(SolveExporter cache) =>
        cache.Type != "local" ? cache.Text() : throw new EngineException(ErrorKind.Unsupported, "a cache in a directory of the client's is not supported");

    private static BuildOutput Output(SolveExporter exporter) => exporter.Type switch
    {
        // What is pushed from here the client asks for by another request.
        "moby" => new BuildOutput(BuildOutputKind.Image),
        "image" => new BuildOutput(BuildOutputKind.Image, null, exporter.Attributes.TryGetValue("push", out string? push) && push is "true" or "1"),
        "local" => new BuildOutput(BuildOutputKind.Local, "client"),
        "tar" => new BuildOutput(BuildOutputKind.Tar, "-"),
        "docker" => new BuildOutput(BuildOutputKind.Docker, "-"),
        "oci" => new BuildOutput(BuildOutputKind.Oci, "-"),
        _ => throw new EngineException(ErrorKind.Unsupported, $"exporter \"{exporter.Type}\" could not be found"),
    };

    private static GrpcStatus StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Interrupted => GrpcStatus.Canceled,
        ErrorKind.Unsupported => GrpcStatus.Unimplemented,
        _ => GrpcStatus.Unknown,
    };
}
