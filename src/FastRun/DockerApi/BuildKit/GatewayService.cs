using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// What a client calls that leads its build itself (BuildKit, frontend/gateway, LLBBridge): it asks for a Dockerfile to be built, and
/// returns what came of it.
/// </summary>
internal sealed class GatewayService(ControlService control, BuildJobs jobs)
{
    private const string JobKey = "buildkit-controlapi-buildid";

    // What clients may ask for; the others they do without, or refuse themselves.
    private static readonly string[] s_frontend = ["solve.base", "return", "proto.refarray", "reference.output", "frontend.inputs", "gateway.evaluate"];
    private static readonly string[] s_graph = ["source.local", "source.image", "exec.meta.base", "file.base"];

    /// <summary>Answers a call; null where there is no such one.</summary>
    internal Task? Call(GrpcServerCall call, string method) => method switch
    {
        "Ping" => PingAsync(call),
        "Solve" => SolveAsync(call),
        "Evaluate" => EvaluateAsync(call),
        "Return" => ReturnAsync(call),
        _ => null,
    };

    private async Task PingAsync(GrpcServerCall call)
    {
        await JobAsync(call);
        ProtoWriter response = new();
        foreach (string name in s_frontend)
        {
            response.Message(1, Capability(name));
        }

        foreach (string name in s_graph)
        {
            response.Message(2, Capability(name));
        }

        await call.SendAsync(response.Message(3, BuildWorker.Describe()).Written);
    }

    private async Task SolveAsync(GrpcServerCall call)
    {
        (BuildJob job, SolveRequest request, System.Threading.CancellationToken gone) = await JobAsync(call);
        FrontendRequest asked = Read(await call.RequestAsync());
        using var either = System.Threading.CancellationTokenSource.CreateLinkedTokenSource(gone, call.Aborted);
        await control.BuildAsync(job, request, asked, either.Token);
        await call.SendAsync(job.Answer is { } answer
            ? new ProtoWriter().Message(3, new ProtoWriter().Map(10, answer)).Written
            : new ProtoWriter()
                .Text(1, "result")
                .Message(3, new ProtoWriter().Message(3, new ProtoWriter().Text(1, "result").Message(2, FrontendRequest.Result(request.Ref))))
                .Written);
    }

    /// <summary>What was solved was built.</summary>
    private async Task EvaluateAsync(GrpcServerCall call)
    {
        await JobAsync(call);
        await call.RequestAsync();
        await call.SendAsync(default);
    }

    private async Task ReturnAsync(GrpcServerCall call)
    {
        (BuildJob job, _, _) = await JobAsync(call);
        job.Return(ReadFailure(await call.RequestAsync()));
        await call.SendAsync(default);
    }

    /// <summary>The build that a call is about.</summary>
    private async Task<(BuildJob Job, SolveRequest Request, System.Threading.CancellationToken Gone)> JobAsync(GrpcServerCall call)
    {
        string id = call.Metadata(JobKey) ?? throw new GrpcException(GrpcStatus.InvalidArgument, "no build is named");
        BuildJob job = jobs.Of(id);
        try
        {
            (SolveRequest request, System.Threading.CancellationToken gone) = await job.Asked.WaitAsync(BuildJobs.Patience, call.Aborted);
            return (job, request, gone);
        }
        catch (TimeoutException)
        {
            jobs.Forget(id, job);
            throw new GrpcException(GrpcStatus.NotFound, $"no such job {id}");
        }
    }

    private static ProtoWriter Capability(string name) => new ProtoWriter().Text(1, name).Flag(2, true);

    private static FrontendRequest Read(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        string frontend = "";
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        Dictionary<string, string> inputs = new(StringComparer.Ordinal);
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1 when !reader.Bytes().IsEmpty:
                    throw new GrpcException(GrpcStatus.Unimplemented, "a graph of one's own (LLB) cannot be built: only Dockerfiles");
                case 2:
                    frontend = reader.Text();
                    break;
                case 3:
                    reader.Entry(options);
                    break;
                case 13:
                    FrontendRequest.ReadInput(reader.Bytes(), inputs);
                    break;
                default:
                    break;
            }
        }

        return new FrontendRequest(frontend, options, inputs);
    }

    /// <summary>Why the client gives the build up; null where it does not.</summary>
    private static GrpcException? ReadFailure(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        while (reader.TryNext(out int field))
        {
            if (field == 2)
            {
                return ReadStatus(reader.Bytes());
            }
        }

        return null;
    }

    /// <summary>A google.rpc.Status.</summary>
    private static GrpcException? ReadStatus(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        (GrpcStatus code, string text) = (GrpcStatus.Unknown, "");
        ProtoWriter details = new();
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    code = (GrpcStatus)reader.Number();
                    break;
                case 2:
                    text = reader.Text();
                    break;
                case 3:
                    details.Element(3, reader.Bytes());
                    break;
                default:
                    break;
            }
        }

        // A client says the status before the text, and will again.
        string prefix = $"{code}: ";
        text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        return code == GrpcStatus.Ok ? null : new GrpcException(code, text) { Details = details.Number(1, (long)code).Text(2, text).Written };
    }
}
