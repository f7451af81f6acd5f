using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Build.Ssh;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Build.Steps;

/// <summary>The <c>--mount</c>s of a RUN: what its key depends on, and what is opened when it is done.</summary>
internal sealed class RunMounts
{
    private const int ExecutableByAll = 0b_111_101_101;
    private const int SocketMode = 0b_110_000_000;
    private const string Pipes = "/dev/pipes";

    private readonly BuildSession _session;
    private readonly BuildState _state;
    private readonly RunInstruction _run;
    private readonly List<RunMount> _mounts;
    private readonly Dictionary<string, BuildState> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<RunMount, (FileOrigin Origin, FileSelection Files, string Digest)> _selected = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="DockerfileException">One is wrong.</exception>
    internal RunMounts(
        BuildSession session, BuildGraph graph, BuildStage stage, BuildState state, RunInstruction run, StageScope scope)
    {
        (_session, _state, _run) = (session, state, run);
        _mounts = [.. run.Mounts(scope.Expansion().Word)];
        foreach (RunMount mount in _mounts)
        {
            if (mount.From is { Length: > 0 } from)
            {
                BuildSource source = graph.SourceOf(from, stage);
                if (source.State is { } files)
                {
                    _sources[from] = files;
                }
                else if (mount.Type is RunMountType.Bind)
                {
                    Select(mount, source.Context!.Origin);
                }
                else
                {
                    throw new DockerfileException(run.Lines, $"RUN --mount=type={mount.Type.ToString().ToLowerInvariant()},from={from}: it is a context of files");
                }
            }
            else if (mount.Type is RunMountType.Bind)
            {
                Select(mount, session.Context.Origin);
            }
        }
    }

    /// <summary>The caches of others that what is mounted came from.</summary>
    internal string Origins
    {
        get
        {
            string origins = CacheOrigins.Here;
            foreach (BuildState source in _sources.Values)
            {
                origins = CacheOrigins.Union(origins, source.Origins);
            }

            return origins;
        }
    }

    /// <summary>Adds what the step's result depends on: of a secret that there is one, not what it is.</summary>
    internal void AddTo(CacheKey key)
    {
        key.Add(_mounts.Count);
        foreach (RunMount mount in _mounts)
        {
            key.Add((long)mount.Type)
                .AddOptional(mount.Target)
                .AddOptional(_selected.TryGetValue(mount, out var selected) ? selected.Digest : mount.From is { Length: > 0 } from ? _sources[from].TreeKey : null)
                .AddOptional(mount.Source)
                .AddOptional(mount.Id)
                .AddOptional(mount.Env)
                .Add(mount.ReadOnly)
                .Add(mount.Mode ?? -1)
                .Add(mount.Uid ?? -1L)
                .Add(mount.Gid ?? -1L)
                .Add(mount.Size);
        }
    }

    /// <summary>Opens them.</summary>
    /// <param name="vertex">What waiting belongs to.</param>
    /// <param name="sandbox">Whose directory takes what is made on the way.</param>
    /// <exception cref="EngineException">A source is missing.</exception>
    internal OpenedMounts Open(BuildVertex vertex, Sandbox sandbox)
    {
        OpenedMounts opened = new();
        try
        {
            List<PlannedMount> mounts = [];
            List<PrivateFile> files = [];
            List<(string Path, bool IsDirectory)> targets = [];

            // Caches by their ids, so that no two steps wait for what the other one has.
            foreach (RunMount mount in _mounts.OrderBy(static mount => mount.Id ?? mount.Target, StringComparer.Ordinal))
            {
                switch (mount.Type)
                {
                    case RunMountType.Tmpfs:
                        mounts.Add(new PlannedMount(Tmpfs(mount.Size), TargetOf(mount)));
                        break;
                    case RunMountType.Bind:
                        mounts.Add(new PlannedMount(Bind(mount, opened), TargetOf(mount)));
                        break;
                    case RunMountType.Cache:
                        mounts.Add(new PlannedMount(new CacheMounts(_session, _sources).Open(mount, TargetOf(mount), vertex, opened), TargetOf(mount)));
                        break;
                    case RunMountType.Secret:
                        Secret(mount, files, opened);
                        break;
                    case RunMountType.Ssh:
                        Agent(mount, sandbox, mounts, opened);
                        break;
                    default:
                        throw new InvalidOperationException();
                }
            }

            if (_run.Script is { } script)
            {
                mounts.Add(new PlannedMount(Script(script), Pipes));
            }

            mounts.Sort(static (a, b) => a.Target.AsSpan().Count('/').CompareTo(b.Target.AsSpan().Count('/')));
            foreach (PlannedMount mount in mounts)
            {
                targets.Add((mount.Target, FileAt.Stat(mount.Mount).IsDirectory));
            }

            files.ForEach(file => targets.Add((file.Target, false)));
            opened.Prepared = new PreparedMounts { Mounts = mounts, Files = files };
            opened.Stubs = MountStubs.Make(_session.Layout, _state.Layers, sandbox, targets);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private string TargetOf(RunMount mount) => Absolute(mount.Target!);

    /// <summary>A path below the working directory unless it is absolute; <c>..</c> is resolved by text.</summary>
    private string Absolute(string path)
    {
        List<string> parts = [];
        foreach (string part in (path.StartsWith('/') ? path : $"{_state.Config.WorkingDir}/{path}").Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return parts.Count > 0
            ? "/" + string.Join('/', parts)
            : throw new DockerfileException(_run.Lines, "invalid mount target \"/\"");
    }

    private Fd Bind(RunMount mount, OpenedMounts opened)
    {
        if (_selected.TryGetValue(mount, out (FileOrigin Origin, FileSelection Files, string Digest) selected))
        {
            return BindContext(mount, selected.Origin, selected.Files, opened);
        }

        SourceView view = opened.Hold(SourceView.Open(_session.Layout, _sources[mount.From!], mount.From!, writable: !mount.ReadOnly));
        Fd tree = view.MountOf(mount.Source ?? "");
        if (mount.ReadOnly)
        {
            MountTree.SetAttributes(tree, MountAttributes.ReadOnly);
        }

        return tree;
    }

    private void Select(RunMount mount, FileOrigin origin)
    {
        FileSelection selected = _session.Hold(
            FileSelection.Select(origin, [mount.Source is { Length: > 0 } path ? path : "/"], new SelectionOptions()));
        _selected[mount] = (origin, selected, FileSetDigest.Of(selected, _session.HashesOf(origin)).ToString());
    }

    /// <summary>Of the context as it lies there, unless something of it does not exist for the build, or is to be written to: then of a copy.</summary>
    private Fd BindContext(RunMount mount, FileOrigin origin, FileSelection files, OpenedMounts opened)
    {
        if (mount.ReadOnly && origin.Ignore.IsEmpty)
        {
            using Fd source = FileAt.Open(
                origin.Root, mount.Source is { Length: > 0 } path ? path : ".", OpenFlags.PathOnly, 0, RootTree.InRoot);
            Fd mounted = MountTree.Clone(source, recursive: false);
            MountTree.SetAttributes(mounted, MountAttributes.ReadOnly);
            return mounted;
        }

        StepRoot copy = opened.Hold(StepRoot.Create(_session.Layout, []));
        using Fd tree = copy.Mount([]);
        new FileCopyStep(new TargetTree(tree), new BuildDestination { Path = "/source" }, keepsOwners: false).Run(files);
        using Fd made = FileAt.Open(tree, "source", OpenFlags.PathOnly | OpenFlags.NoFollow);
        Fd clone = MountTree.Clone(made, recursive: false);
        if (mount.ReadOnly)
        {
            MountTree.SetAttributes(clone, MountAttributes.ReadOnly);
        }

        return clone;
    }

    private static Fd Tmpfs(long size)
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        if (size > 0)
        {
            context.Set("size", size.ToString(CultureInfo.InvariantCulture));
        }

        return context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoDev);
    }

    private static Fd Script(Heredoc script)
    {
        Fd mount = Tmpfs(0);
        try
        {
            using Fd file = FileAt.Open(mount, script.Name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, ExecutableByAll);
            FileContent.Write(file, Encoding.UTF8.GetBytes(script.Text));
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    private void Secret(RunMount mount, List<PrivateFile> files, OpenedMounts opened)
    {
        string id = mount.SecretId;
        if (SecretContent.TryRead(_session.Request, id) is not { } content)
        {
            if (mount.Required)
            {
                throw new EngineException(ErrorKind.NotFound, $"secret {id}: not found", hint: $"--secret id={id},src=FILE");
            }

            return;
        }

        if (mount.Env is { Length: > 0 } variable)
        {
            opened.Variables.Add($"{variable}={Encoding.UTF8.GetString(content)}");
            if (mount.Target is null or "")
            {
                return;
            }
        }

        string target = Absolute(mount.Target is { Length: > 0 } path ? path : "/run/secrets/" + id);
        files.Add(new PrivateFile(target, content, mount.Mode ?? 0b_100_000_000, mount.Uid ?? 0, mount.Gid ?? 0));
    }

    private void Agent(RunMount mount, Sandbox sandbox, List<PlannedMount> mounts, OpenedMounts opened)
    {
        string id = mount.Id is { Length: > 0 } given ? given : "default";
        if (_session.AgentOf(id) is not { } agent)
        {
            if (mount.Required)
            {
                throw new EngineException(ErrorKind.NotFound, $"ssh agent {id}: not found", hint: $"--ssh {id}");
            }

            return;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"ssh_agent.{opened.Agents}");
        string target = mount.Target is { Length: > 0 } place ? Absolute(place) : "/run/buildkit/" + name;
        Fd directory = FileAt.OpenDirectory(null, sandbox.Directory);
        opened.Hold(AgentServer.Start(directory, name, agent, (mount.Uid ?? 0, mount.Gid ?? 0), mount.Mode ?? SocketMode));
        using Fd socket = FileAt.Open(directory, name, OpenFlags.PathOnly | OpenFlags.NoFollow);
        mounts.Add(new PlannedMount(MountTree.Clone(socket, recursive: false), target));
        if (opened.Agents++ == 0)
        {
            opened.Variables.Add("SSH_AUTH_SOCK=" + target);
        }
    }
}
