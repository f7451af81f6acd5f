using System.Collections.Generic;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Build;

/// <summary>What a front door asks of a build: the flags of <c>docker build</c>, parsed but not judged.</summary>
public sealed record BuildRequest
{
    /// <summary>The context: a directory, <c>-</c> for a tar or a Dockerfile on standard input, a URL or a git repository.</summary>
    public required string Context { get; init; }

    /// <summary>The Dockerfile (-f): a path, or <c>-</c> for standard input; null for <c>Dockerfile</c> in the context.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>What the client calls the directory that the Dockerfile lies in; null for the context.</summary>
    public string? DockerfileDirectory { get; init; }

    /// <summary>Who asks, where that is not the user of this process; null for that one.</summary>
    public BuildClient? Client { get; init; }

    /// <summary>The names that the image gets.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The values of ARGs by name.</summary>
    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();

    /// <summary>More contexts by name: directories, images, URLs, git repositories.</summary>
    public IReadOnlyDictionary<string, string> BuildContexts { get; init; } = new Dictionary<string, string>();

    /// <summary>The stage to build, by name or number; null for the last.</summary>
    public string? Target { get; init; }

    /// <summary>Nothing of the cache is used.</summary>
    public bool NoCache { get; init; }

    /// <summary>Stages for which nothing of the cache is used.</summary>
    public IReadOnlyList<string> NoCacheFilter { get; init; } = [];

    /// <summary>Caches of others that are used, the one that is asked first first.</summary>
    public IReadOnlyList<CacheLocation> CacheFrom { get; init; } = [];

    /// <summary>Where the build's cache goes for others.</summary>
    public IReadOnlyList<CacheLocation> CacheTo { get; init; } = [];

    /// <summary>Registries are asked for all base images.</summary>
    public bool Pull { get; init; }

    /// <summary>For what images are built, each once; empty for this machine. Of several the result is an index.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>Labels that the image gets besides its own.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The network of RUN: <c>default</c>, <c>none</c>, <c>host</c>, or a network's name.</summary>
    public string Network { get; init; } = "default";

    /// <summary>Extra lines for /etc/hosts of every RUN, <c>name:ip</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>The size of /dev/shm in bytes; null for 64 MiB.</summary>
    public long? ShmSizeBytes { get; init; }

    /// <summary>Resource limits of every RUN.</summary>
    public IReadOnlyList<Ulimit> Ulimits { get; init; } = [];

    /// <summary>Limits that a cgroup enforces on every RUN.</summary>
    public CgroupLimits Limits { get; init; } = new();

    /// <summary>The cgroup of every RUN's own; null for our subtree.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Where secrets come from, by id.</summary>
    public IReadOnlyDictionary<string, SecretSource> Secrets { get; init; } = new Dictionary<string, SecretSource>();

    /// <summary>Agents for ssh by id: a socket, or private keys in files, with commas between.</summary>
    public IReadOnlyDictionary<string, string> SshAgents { get; init; } = new Dictionary<string, string>();

    /// <summary>What a RUN may have that is usually kept from it: <c>network.host</c>.</summary>
    public IReadOnlyList<string> Entitlements { get; init; } = [];

    /// <summary>What becomes of it; none for an image on this machine.</summary>
    public IReadOnlyList<BuildOutput> Outputs { get; init; } = [];

    /// <summary>What is asked of the Dockerfile: unless it is to be built, nothing is, and <see cref="BuildImage.Answer"/> has the answer.</summary>
    public BuildCall Call { get; init; }

    /// <summary>The file that gets what is known of the image, in BuildKit's keys; null for none.</summary>
    public string? MetadataFile { get; init; }

    /// <summary>What the image's documents are annotated with where they are pushed or written as an OCI archive.</summary>
    public IReadOnlyList<ImageAnnotation> Annotations { get; init; } = [];

    /// <summary>The file that gets where the time went, in the Trace Event Format; null for none.</summary>
    public string? TraceFile { get; init; }

    /// <summary>The file that gets the image's id; null for none.</summary>
    public string? ImageIdFile { get; init; }
}
