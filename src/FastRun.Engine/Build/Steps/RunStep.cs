using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Images;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Networks;
using FastRun.Layers.Oci;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>RUN: what it executes, what that depends on, and its execution.</summary>
/// <param name="session">The build.</param>
/// <param name="graph">Its stages.</param>
/// <param name="stage">The stage that it stands in.</param>
/// <param name="scope">The variables before it.</param>
internal sealed class RunStep(BuildSession session, BuildGraph graph, BuildStage stage, StageScope scope)
{
    private static readonly string[] s_shell = ["/bin/sh", "-c"];

    /// <summary>What is executed, and what history says of it.</summary>
    internal (IReadOnlyList<string> Arguments, string Words) Command(RunInstruction run, ContainerConfig config)
    {
        IReadOnlyList<string> shell = config.Shell ?? s_shell;
        IReadOnlyList<string> arguments = run.Script is { } script ? ["/dev/pipes/" + script.Name] : run.Command.With(shell);
        return arguments.Count > 0
            ? (arguments, HistoryWords.Run(scope.Arguments, run.Script is null ? arguments : [.. shell, .. arguments]))
            : throw new DockerfileException(run.Lines, "RUN requires at least one argument");
    }

    /// <summary>Finds or does it.</summary>
    internal (BuildState State, StepOutcome Step) Do(
        StepRunner runner, BuildState state, RunInstruction run, IReadOnlyList<string> arguments, string name)
    {
        if (run.Security != "sandbox")
        {
            throw new DockerfileException(run.Lines, "security.insecure is not allowed: a RUN has no more rights than a container");
        }

        RunMounts mounts = new(session, graph, stage, state, run, scope);
        RunProcess process = new()
        {
            Arguments = arguments,
            Environment = scope.ForProcess,
            User = state.Config.User ?? "",
            WorkingDirectory = state.Config.WorkingDir is { Length: > 0 } directory ? directory : "/",
            Network = NetworkOf(run),
        };
        string key = KeyOf(state, process, run, mounts);
        StepOutcome step = runner.Do(key, name, CacheOrigins.Union(state.Origins, mounts.Origins), () => state.Layers, (root, below, vertex) =>
        {
            RequireExecutable(state);
            using OpenedMounts opened = mounts.Open(vertex, root.Sandbox);
            RunExecution execution = new(session.Layout, session.Request, session.Observer);
            execution.Run(
                process with
                {
                    // The proxies are the machine's, not the step's.
                    Environment = [.. graph.Arguments.Proxies.Select(static proxy => $"{proxy.Key}={proxy.Value}"), .. process.Environment, .. opened.Variables],
                    Mounts = opened.Prepared,
                    Stubs = opened.Stubs,
                },
                below,
                root,
                vertex,
                session.Cancellation);
        });
        return (state.With(step, key), step);
    }

    /// <summary>Programs of another machine need an interpreter that the kernel finds from within any root.</summary>
    private void RequireExecutable(BuildState state)
    {
        const string hint = "install qemu-user-static, which registers one in /proc/sys/fs/binfmt_misc with the flag F; "
            + "or FROM --platform=$BUILDPLATFORM runs the step for this machine";
        if (BinaryFormats.IsNative(state.Platform))
        {
            return;
        }

        if (BinaryFormats.InterpreterOf(state.Platform) is not { } interpreter)
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"RUN for {state.Platform} on {Platform.Host}: the kernel has no interpreter for its programs (binfmt_misc)",
                hint: hint);
        }

        if (!interpreter.IsFixed)
        {
            using SourceView view = SourceView.Open(session.Layout, state, "the stage");
            if (FileAt.TryOpen(view.Mount, interpreter.Path, OpenFlags.PathOnly, 0, RootTree.InRoot, out _) is not { } inImage)
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"RUN for {state.Platform} on {Platform.Host}: the interpreter {interpreter.Path} is registered without the flag F (binfmt_misc), and the image does not have it",
                    hint: hint);
            }

            inImage.Dispose();
        }
    }

    private string KeyOf(BuildState state, RunProcess process, RunInstruction run, RunMounts mounts)
    {
        BuildRequest request = session.Request;
        CacheKey key = new CacheKey("run-2")
            .Add(state.TreeKey)
            .Add(state.Platform.ToString())
            .Add(process.Arguments)
            .Add(process.Environment)
            .Add(process.User)
            .Add(process.WorkingDirectory)
            .Add(process.Network)
            .Add(request.ExtraHosts)
            .AddOptional(run.Script?.Text);
        mounts.AddTo(key);
        return key.Finish();
    }

    /// <summary>RUN --network=host needs the entitlement, which <c>build --network host</c> gives as well.</summary>
    private string NetworkOf(RunInstruction run)
    {
        string asked = run.Network == NetworkMode.Default ? session.Request.Network : run.Network;
        return asked != BuiltInNetworks.Host
            || session.Request.Network == BuiltInNetworks.Host
            || session.Request.Entitlements.Contains("network.host")
                ? asked
                : throw new EngineException(ErrorKind.PermissionDenied, "network.host is not allowed", hint: "--allow network.host");
    }
}
