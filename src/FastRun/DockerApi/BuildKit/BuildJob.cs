using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Build.Progress;
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
    // Of the form of answers (BuildKit, frontend/subrequests).
    private const string AnswerVersion = "1.0.0";

    private readonly TaskCompletionSource<(SolveRequest Request, CancellationToken Gone)> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, string> _response = new Dictionary<string, string>();
    private Lazy<string>? _result;
    private string? _input;

    /// <summary>How it gets on.</summary>
    internal StatusLog Status { get; } = new(id);

    /// <summary>What it is asked for, as soon as that is known.</summary>
    internal Task<(SolveRequest Request, CancellationToken Gone)> Asked => _asked.Task;

    /// <summary>The client has come to an end by the gateway.</summary>
    internal Task Returned => _returned.Task;

    /// <summary>What the client is told of what was made.</summary>
    internal IReadOnlyDictionary<string, string> Response => _response;

    /// <summary>The answer to what was asked of the Dockerfile instead of building it, in BuildKit's keys; null for a build.</summary>
    internal IReadOnlyDictionary<string, string>? Answer { get; private set; }

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
    /// <param name="frontend">The frontend's options.</param>
    /// <param name="request">What becomes of it.</param>
    /// <param name="gone">Ends it.</param>
    /// <exception cref="GrpcException">It has failed.</exception>
    internal void Build(StateLayout layout, ClientSession session, FrontendOptions frontend, SolveRequest request, CancellationToken gone) => Answered(() =>
    {
        SolveOutputs outputs = SolveOutputs.Read(request.Exporters);
        BuildRequest Make(BuildClient client) => frontend.Request(client) with
        {
            Tags = outputs.Names,
            Outputs = outputs.Outputs,
            Annotations = outputs.Annotations,
            Entitlements = request.Entitlements,
            CacheFrom = [.. request.CacheImports.SelectMany(static cache => CacheLocationSyntax.ParseSource(Remote(cache)))],
            CacheTo = [.. request.CacheExports.SelectMany(static cache => CacheLocationSyntax.ParseTarget(Remote(cache)))],
        };

        (BuildRequest build, Digest? image, BuildImage builder) = Run(layout, session, frontend, Status, outputs.Archive, Make, gone);
        foreach (string unused in frontend.Unused)
        {
            Status.Note(unused);
        }

        if (builder.Answer is { } answer)
        {
            _response = Answer = Describe(answer);
            return;
        }

        _response = Describe(image, builder.Pushed, build);
        _result = new Lazy<string>(() => image is { } made && build.Platforms.Count < 2
            ? made.ToString()
            : MakeInput(layout, session, frontend, build));
    }, gone);

    /// <summary>The image that a build of the same client takes this one's result by (<c>target:</c> of bake).</summary>
    /// <exception cref="EngineException">It cannot be made, or nothing was built yet.</exception>
    internal string Result() => (_result ?? throw EngineException.Invalid("nothing was built yet that is the input of another build")).Value;

    /// <summary>Removes what was made for other builds only.</summary>
    internal void Forget(StateLayout layout)
    {
        if (_input is { } name)
        {
            try
            {
                new RemoveImage(layout).Run(name, force: false);
            }
            catch (EngineException)
            {
                // Somebody uses or has removed it.
            }
        }
    }

    /// <summary>What was built without an image becomes one, of the steps in the cache, under a name that goes with the build.</summary>
    private string MakeInput(StateLayout layout, ClientSession session, FrontendOptions frontend, BuildRequest build)
    {
        if (build.Platforms.Count > 1)
        {
            throw new EngineException(ErrorKind.Unsupported, "the result of a build for several platforms cannot be the input of another one");
        }

        string name = "localhost/fastrun-input:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];
        _input = name;
        Run(
            layout,
            session,
            frontend,
            new SilentObserver(),
            0,
            client => build with { Client = client, Tags = [name], Outputs = [], Annotations = [], CacheTo = [] },
            session.Gone);
        return name;
    }

    private static (BuildRequest Build, Digest? Image, BuildImage Builder) Run(
        StateLayout layout,
        ClientSession session,
        FrontendOptions frontend,
        BuildObserver observer,
        int archiveOutput,
        Func<BuildClient, BuildRequest> make,
        CancellationToken gone)
    {
        using SessionClient client = new(session, gone) { Upload = frontend.Upload };
        using ByteStream archive = new(session, SessionClient.Exporter(archiveOutput));
        BuildRequest build = make(client);
        BuildImage builder = new(layout);
        Digest? image = builder.Run(build, observer, archive);
        archive.Complete();
        return (build, image, builder);
    }

    /// <summary>Does something, and tells how it has failed as gRPC does.</summary>
    internal void Answered(Action action, CancellationToken gone)
    {
        try
        {
            action();
        }
        catch (EngineException e)
        {
            GrpcStatus status = gone.IsCancellationRequested ? GrpcStatus.Canceled : StatusOf(e.Kind);
            throw new GrpcException(status, e.Message) { Details = Status.Source?.Status(status, e.Message) ?? default };
        }
    }

    private static Dictionary<string, string> Describe(CallAnswer answer) => new(StringComparer.Ordinal)
    {
        ["result.json"] = answer.Json,
        ["result.txt"] = answer.Text,
        ["result.statuscode"] = answer.Status.ToString(CultureInfo.InvariantCulture),
        ["version"] = AnswerVersion,
    };

    private static Dictionary<string, string> Describe(Digest? image, Digest? pushed, BuildRequest build)
    {
        Dictionary<string, string> response = new(StringComparer.Ordinal);
        if (image is { } digest)
        {
            // As Docker's own store: an image that no registry has seen has its config's digest only.
            response["containerimage.digest"] = (pushed ?? digest).ToString();
            if (build.Platforms.Count < 2)
            {
                response["containerimage.config.digest"] = digest.ToString();
            }

            if (build.Tags.Count > 0)
            {
                response["image.name"] = string.Join(',', build.Tags.Select(static name => TagImage.ParseTarget(name).ToString()));
            }
        }

        return response;
    }

    /// <summary>A cache that is not on this machine's disk, which is none of the client's.</summary>
    private static string Remote(SolveExporter cache) =>
        cache.Type != "local" ? cache.Text() : throw new EngineException(ErrorKind.Unsupported, "a cache in a directory of the client's is not supported");

    private static GrpcStatus StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Interrupted => GrpcStatus.Canceled,
        ErrorKind.Unsupported => GrpcStatus.Unimplemented,
        _ => GrpcStatus.Unknown,
    };

    /// <summary>For what nobody asked to see.</summary>
    private sealed class SilentObserver : BuildObserver
    {
        public override void Note(string text)
        {
        }

        public override void Failed(string place)
        {
        }

        protected override void OnStarted(BuildVertex vertex)
        {
        }

        protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
        {
        }

        protected override void OnStatus(BuildVertex vertex, string line)
        {
        }

        protected override void OnEnded(BuildVertex vertex)
        {
        }
    }
}
