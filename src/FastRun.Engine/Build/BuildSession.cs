using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Images;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Build.Ssh;
using FastRun.Engine.Build.Steps;
using FastRun.Engine.Containers;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build;

/// <summary>What all stages and steps of one build share.</summary>
internal sealed class BuildSession : IDisposable
{
    private readonly List<IDisposable> _held = [];
    private readonly SshAgents _agents;
    private BuildContext? _context;
    private readonly Dictionary<string, ContentHashes> _hashes = new(StringComparer.Ordinal);

    internal BuildSession(StateLayout layout, BuildRequest request, BuildObserver observer, CancellationTokenSource stop)
    {
        // First: nothing else is open where this fails.
        _agents = Hold(new SshAgents(request.SshAgents));
        Layout = layout;
        Request = request;
        Observer = observer;
        Stop = stop;
        Images = ContainerImageUsers.OpenStore(layout);
        Layers = new LayerStore(layout);
        Cache = new StepCache(layout, Layers);
        Settling = new LayerSettling(Layers, stop.Token);
        Imports = new CacheImports(this);
        GitAccess = new GitAccess(request.Client is not null, OpenAgentForGit);
        Named = new NamedContexts(
            request,
            (name, value) => Opening().OpenNamed(name, value),
            (name, place) => new ClientLayout(request.Client!, NewDirectory()).Receive(name, place, Targets));
    }

    internal StateLayout Layout { get; }

    internal BuildRequest Request { get; }

    internal BuildObserver Observer { get; }

    /// <summary>Ends the whole build: a signal, or the failure of another stage.</summary>
    internal CancellationTokenSource Stop { get; }

    internal CancellationToken Cancellation => Stop.Token;

    internal ImageStore Images { get; }

    internal LayerStore Layers { get; }

    internal StepCache Cache { get; }

    /// <summary>The caches of others.</summary>
    internal CacheImports Imports { get; }

    /// <summary>What the steps so far have come to.</summary>
    internal BuiltSteps Steps { get; } = new();

    /// <summary>The build's context.</summary>
    internal BuildContext Context => _context ?? throw new InvalidOperationException();


    /// <summary>With whose keys repositories are fetched.</summary>
    internal GitAccess GitAccess { get; }

    /// <summary>More contexts.</summary>
    internal NamedContexts Named { get; }

    /// <summary>The digests of a context's files that are known; read when they are first asked for.</summary>
    internal ContentHashes HashesOf(FileOrigin origin)
    {
        FileStatus root = origin.IsLasting ? FileAt.Stat(origin.Root) : default;
        string path = origin.IsLasting ? Layout.BuildContextHashes(root.Device, root.Inode) : "";
        lock (_hashes)
        {
            if (!_hashes.TryGetValue(path, out ContentHashes? hashes))
            {
                _hashes[path] = hashes = origin.IsLasting ? ContentHashes.Open(path) : ContentHashes.InMemory();
            }

            return hashes;
        }
    }

    /// <summary>Makes the tars of layers while other steps run.</summary>
    internal LayerSettling Settling { get; }

    /// <summary>For what is built.</summary>
    internal IReadOnlyList<Platform> Targets => Request.Platforms.Count > 0 ? Request.Platforms : [Platform.Host];

    /// <summary>The steps and base images of this build by what they depend on: what two platforms or two stages have in common is done once.</summary>
    internal SharedWork Shared { get; } = new();

    /// <summary>The time that everything gets which this build makes (<c>SOURCE_DATE_EPOCH</c>); null for the time it is made at.</summary>
    internal DateTimeOffset? Epoch =>
        Request.BuildArguments.TryGetValue("SOURCE_DATE_EPOCH", out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>Whether no file of the image's new layers may be younger than <see cref="Epoch"/>.</summary>
    internal bool RewritesTimes => Epoch is not null && Request.Outputs.Any(static output => output.RewritesTimes);

    /// <summary>Opens the context, and reads the Dockerfile.</summary>
    internal BuildContext OpenContext() => _context = Opening().Open();

    /// <summary>Makes an empty directory that goes with the build, or with the next collection where it is killed.</summary>
    internal string NewDirectory() => Hold(StepRoot.Create(Layout, [])).Sandbox.Upper;

    /// <summary>An agent of who asks for the build; null where there is none of that name.</summary>
    internal ISshAgent? AgentOf(string id)
    {
        if (Request.Client is not { } client)
        {
            return _agents.TryGet(id);
        }

        string path = NewDirectory() + "/agent";
        return client.TryOpenAgent(id, path) ? new SocketAgent(path) : null;
    }

    /// <summary>Where ssh can ask the default agent, by a path short enough for an address; null for none.</summary>
    private string? OpenAgentForGit()
    {
        const string name = "agent";
        if (AgentOf("default") is not { } agent)
        {
            return null;
        }

        Fd directory = FileAt.OpenDirectory(null, NewDirectory());
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{directory.Number}/{name}");
        Hold(AgentServer.Start(directory, name, agent, (0, 0), 0b_110_000_000));
        return path;
    }

    private OpenContext Opening() => new(Images, new ContextRequest
    {
        Context = Request.Context,
        Dockerfile = Request.Dockerfile,
        DockerfileDirectory = Request.DockerfileDirectory,
        OnlyDockerfile = Request.Call != BuildCall.Build,
        Client = Request.Client,
        GitAccess = GitAccess,
        WorkDirectory = NewDirectory(),
        KeepGitDirectory = Request.BuildArguments.TryGetValue("BUILDKIT_CONTEXT_KEEP_GIT_DIR", out string? keep) && keep is "1" or "true",
        Cancellation = Cancellation,
    });

    /// <summary>How registries are reached: with the credentials of who asks.</summary>
    internal RegistryClientOptions Registries => RegistryAccess.Options(Cancellation, credentials: Request.Client?.Credentials);

    /// <summary>Keeps something until the build is over.</summary>
    internal T Hold<T>(T resource)
        where T : IDisposable
    {
        lock (_held)
        {
            _held.Add(resource);
        }

        return resource;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Settling.Dispose();
        Imports.Dispose();
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            _held[i].Dispose();
        }

        foreach (ContentHashes hashes in _hashes.Values)
        {
            hashes.Save();
        }

        _context?.Dispose();
        Named.Dispose();
        Cache.Dispose();
    }
}
