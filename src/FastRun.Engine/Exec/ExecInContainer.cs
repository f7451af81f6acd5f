using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>
/// Runs one more process in a container that runs. docs/joining-a-container.md tells how the process gets in, and what keeps the
/// container from getting out.
/// </summary>
public sealed class ExecInContainer(StateLayout layout)
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    /// <summary>Runs it in the foreground and returns its exit code.</summary>
    /// <param name="container">The container's name or id.</param>
    /// <param name="request">What to run.</param>
    /// <param name="detachKeys">What the caller types to leave a process that has its terminal and input; null for the default.</param>
    /// <param name="diagnostics">Takes text for standard error.</param>
    /// <exception cref="EngineException">It could not be run.</exception>
    public int Run(string container, ExecRequest request, DetachKeys? detachKeys, Action<string> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(diagnostics);
        Check(request);
        if (request is { Tty: true, OpenStdin: true })
        {
            return EngineErrors.Translated(() => RunHeld(container, request, detachKeys ?? DetachKeys.Default));
        }

        RunResources owned = new();
        try
        {
            return EngineErrors.Translated(() => Run(container, request, owned));
        }
        finally
        {
            List<string> failures = owned.Release();
            failures.ForEach(failure => diagnostics($"fastrun: {failure}\n"));
        }
    }

    /// <summary>Starts it in the background; returns once it runs.</summary>
    /// <param name="container">The container's name or id.</param>
    /// <param name="request">What to run.</param>
    /// <exception cref="EngineException">It could not be started.</exception>
    public void Start(string container, ExecRequest request)
    {
        Check(request);
        EngineErrors.Translated(() =>
        {
            using AttachClient client = StartHeld(container, request);
            client.Detach();
            return 0;
        });
    }

    /// <summary>Starts it for a caller that has many connections; it goes on when the caller leaves.</summary>
    /// <param name="container">The container's name or id.</param>
    /// <param name="request">What to run.</param>
    /// <returns>The connection to its streams, and to its end.</returns>
    /// <exception cref="EngineException">It could not be started.</exception>
    public AttachSession Open(string container, ExecRequest request)
    {
        Check(request);
        return EngineErrors.Translated(() =>
        {
            AttachClient client = StartHeld(container, request);
            client.Detach();
            return client.ToSession();
        });
    }

    private static void Check(ExecRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestValidation.CheckProcess(request.Env, request.WorkingDir, request.User);
    }

    /// <summary>As a child of this process, with its descriptors.</summary>
    private int Run(string container, ExecRequest request, RunResources owned)
    {
        JoinTarget target = owned.Own(JoinTarget.Open(layout, container));
        CallerStreams streams = new(request.Tty, request.OpenStdin);
        JoinLaunch launch = JoinLaunch.Prepare(target, request, streams, owned, diesWithCaller: true);
        Supervisor supervisor = owned.Own(new Supervisor(streams.Terminal));
        ChildProcess process = launch.Start();
        ExecEvents events = ExecEvents.Started(layout, target, request);
        int code = supervisor.Wait(process, cgroup: null);
        launch.ThrowIfFailed();
        events.Died(code);
        return code;
    }

    /// <summary>As a child of a process that the caller can leave.</summary>
    private int RunHeld(string container, ExecRequest request, DetachKeys detachKeys)
    {
        if (!Terminal.IsTerminal(StandardInput))
        {
            throw new EngineException(ErrorKind.InvalidArgument, "the input device is not a TTY", hint: "leave out -t, or -i");
        }

        WindowSize? size = Terminal.TryGetSize(StandardOutput, out WindowSize found)
            || Terminal.TryGetSize(StandardInput, out found) ? found : null;
        using AttachClient client = StartHeld(container, request with { Size = size });
        int? code = client.Stream(stdin: true, signals: true, detachKeys);
        return code ?? (client.IsLost
            ? throw new EngineException(ErrorKind.Internal, "the process that holds the command's terminal was killed")
            : 0);
    }

    private AttachClient StartHeld(string name, ExecRequest request)
    {
        ContainerRecord record;
        using (JoinTarget target = JoinTarget.Open(layout, name))
        {
            record = new ContainerStore(layout).TryRead(target.Id)?.Record ?? throw target.NotRunning();
        }

        (Fd ours, Fd theirs) = UnixSocket.Pair();
        AttachClient client = new(layout, ours, record with { Request = record.Request with { Tty = request.Tty } })
        {
            DetachAction = "exec_detach",
        };
        try
        {
            using (theirs)
            {
                string[] words = [ExecHolder.Command, record.Id, theirs.Number.ToString(CultureInfo.InvariantCulture)];
                Errno error = DetachedProgram.TryStart(layout, words, theirs);
                if (error != Errno.None)
                {
                    throw new EngineException(ErrorKind.Internal, $"the process that holds the command cannot be started: {error.Describe()}");
                }
            }

            client.SendRequest(ExecRequestFormat.Encode(request));
            client.WaitUntilStarted();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
