using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Containers;
using FastRun.DockerApi.Streams;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Exec;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;

namespace FastRun.DockerApi.Exec;

/// <summary>More processes for containers that run (Engine API, ContainerExec, ExecStart, ExecResize, ExecInspect).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ExecRoutes(StateLayout layout)
{
    private readonly ExecInstances _instances = new();

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("POST", ["containers", var name, "exec"]) => CreateAsync(exchange, name),
        ("POST", ["exec", var id, "start"]) => StartAsync(exchange, _instances.Find(id)),
        ("POST", ["exec", var id, "resize"]) => ResizeAsync(exchange, id),
        ("GET", ["exec", var id, "json"]) => exchange.AnswerAsync(200, Document(_instances.Find(id))),
        _ => null,
    };

    private async Task CreateAsync(ApiExchange exchange, string name)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        Container container = new ContainerStore(layout).Find(name);
        if (!container.IsRunning)
        {
            throw new ApiException(409, $"container {container.Id} is not running");
        }

        if (container.State.Status == ContainerStatus.Paused)
        {
            throw new ApiException(409, $"Container {name} is paused, unpause the container before exec");
        }

        if (body.Words("Cmd") is not { Count: > 0 } command)
        {
            throw ApiException.Invalid("no exec command specified");
        }

        bool tty = body.Flag("Tty");
        AttachStreams streams = (body.Flag("AttachStdin") ? AttachStreams.Stdin : AttachStreams.None)
            | (body.Flag("AttachStdout") ? AttachStreams.Stdout : AttachStreams.None)
            | (body.Flag("AttachStderr") ? AttachStreams.Stderr : AttachStreams.None);
        ExecRequest request = new()
        {
            Command = command,
            Env = body.Texts("Env"),
            WorkingDir = body.Text("WorkingDir"),
            User = body.Text("User"),
            Tty = tty,
            OpenStdin = body.Flag("AttachStdin"),
            Privileged = body.Flag("Privileged"),
        };
        ExecInstance instance = new(RandomBytes.NewId(), container.Id, request, streams)
        {
            DetachKeys = body.Text("DetachKeys"),
            Size = exchange.Version >= new ApiVersion(42) ? body.ConsoleSize() : null,
        };
        _instances.Add(instance);
        await exchange.AnswerAsync(201, new JsonObject { ["Id"] = instance.Id });
    }

    private async Task StartAsync(ApiExchange exchange, ExecInstance instance)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        bool detach = body.Flag("Detach");
        ExecRequest request = instance.Request with
        {
            Attached = !detach,
            OpenStdin = instance.Request.OpenStdin && !detach,
            Size = (exchange.Version >= new ApiVersion(42) ? body.ConsoleSize() : null) ?? instance.Size,
        };
        if (!instance.TryStart())
        {
            throw new ApiException(409, $"exec command {instance.Id} is already running or has ended");
        }

        if (detach)
        {
            await OpenAsync(instance, request);
            _ = AwaitEndAsync(instance);
            await exchange.AnswerAsync(200);
            return;
        }

        // The client has its stream before the process is there, as with Docker: what cannot be executed is told in the stream, and some
        // clients lose what comes together with the header.
        bool hasEnded = false;
        await using HijackedStream client = await TakeAsync(exchange, instance);
        try
        {
            await OpenAsync(instance, request);
            DetachKeys? keys = request.Tty && instance.Streams.HasFlag(AttachStreams.Stdin)
                ? instance.DetachKeys is { } text ? DetachKeys.Parse(text) : DetachKeys.Default
                : null;
            StreamRelay relay = new(client, instance.Session!) { Streams = instance.Streams, DetachKeys = keys };
            hasEnded = await relay.RunAsync(request.Tty);
        }
        catch (EngineException failure)
        {
            await client.HeaderReadAsync();
            byte[] words = Encoding.UTF8.GetBytes($"OCI runtime exec failed: exec failed: unable to start container process: {failure.Message}: unknown\r\n");
            await new FrameStream(client.Stream, request.Tty).WriteAsync(isError: false, words, client.Gone);
        }
        finally
        {
            // The client may be gone; the process goes on, and how it ends will be asked for.
            if (hasEnded)
            {
                instance.End(instance.Session?.ExitCode ?? 137);
            }
            else
            {
                _ = AwaitEndAsync(instance);
            }
        }
    }

    private static async Task<HijackedStream> TakeAsync(ApiExchange exchange, ExecInstance instance)
    {
        try
        {
            return await HijackedStream.TakeAsync(exchange, instance.Request.Tty);
        }
        catch
        {
            // The client was gone before it had the header: there is no process, and never will be.
            instance.End(137);
            throw;
        }
    }

    private async Task OpenAsync(ExecInstance instance, ExecRequest request)
    {
        try
        {
            instance.Session = await ApiWork.RunAsync(() => new ExecInContainer(layout).Open(instance.Container, request));
        }
        catch (EngineException failure)
        {
            instance.End(failure.Kind == ErrorKind.CommandNotFound ? 127 : 126);
            throw;
        }
    }

    private static async Task AwaitEndAsync(ExecInstance instance)
    {
        if (instance.Session is { } session)
        {
            instance.End(await session.WaitUntilExitedAsync(default) ?? 137);
        }
    }

    private async Task ResizeAsync(ApiExchange exchange, string id)
    {
        (ushort rows, ushort columns) = AttachRequests.Size(exchange);
        ExecInstance instance = _instances.Find(id);
        if (instance.Session is not { } session)
        {
            throw new ApiException(409, $"exec command {instance.Id} is not running");
        }

        await session.ResizeAsync(rows, columns, exchange.Aborted);
        await exchange.AnswerAsync(200);
    }

    private static JsonObject Document(ExecInstance instance) => new()
    {
        ["ID"] = instance.Id,
        ["Running"] = instance.IsRunning,
        ["ExitCode"] = instance.ExitCode,
        ["ProcessConfig"] = new JsonObject
        {
            ["tty"] = instance.Request.Tty,
            ["entrypoint"] = instance.Request.Command[0],
            ["arguments"] = JsonFields.ToArray([.. System.Linq.Enumerable.Skip(instance.Request.Command, 1)]),
            ["privileged"] = instance.Request.Privileged,
            ["user"] = instance.Request.User ?? "",
        },
        ["OpenStdin"] = instance.Request.OpenStdin,
        ["OpenStderr"] = instance.Streams.HasFlag(AttachStreams.Stderr),
        ["OpenStdout"] = instance.Streams.HasFlag(AttachStreams.Stdout),
        ["CanRemove"] = instance.ExitCode is not null,
        ["ContainerID"] = instance.Container,
        ["DetachKeys"] = instance.DetachKeys ?? "",
        ["Pid"] = instance.Session?.ProcessId ?? 0,
    };
}
