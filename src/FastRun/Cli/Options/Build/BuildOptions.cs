using System;
using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Builds;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Options.Build;

/// <summary>The flags of <c>build</c>: what is built, how, and what becomes of it.</summary>
internal sealed class BuildOptions
{
    private readonly List<string> _tags = [];
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contexts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _noCacheFilter = [];
    private readonly List<string> _hosts = [];
    private readonly List<Ulimit> _ulimits = [];
    private readonly List<string> _entitlements = [];
    private readonly Dictionary<string, SecretSource> _secrets = new(StringComparer.Ordinal);
    private readonly List<Platform> _platforms = [];
    private readonly Dictionary<string, string> _agents = new(StringComparer.Ordinal);
    private BuildRequest _request = new() { Context = "" };
    private readonly List<BuildOutput> _outputs = [];
    private readonly List<ImageAnnotation> _annotations = [];
    private readonly List<CacheLocation> _cacheFrom = [];
    private readonly List<CacheLocation> _cacheTo = [];
    private string _progress = "auto";
    private bool _push;
    private BuildCallSyntax _call = new(BuildCall.Build, IsJson: false, IgnoresStatus: false);

    /// <summary>Whether only the image's id is to be printed.</summary>
    internal bool IsQuiet { get; private set; }

    /// <summary>What is asked of the Dockerfile, and how the answer is given.</summary>
    internal BuildCallSyntax Call => _call;

    internal Option[] Build()
    {
        Option tag = new("tag", 't', "list", "Name and optionally a tag of the image: name:tag", _tags.Add);
        Option provenance = new("provenance", '\0', "string", "Refused unless false: builds are not attested yet", value => Refuse("provenance", value));
        return
        [
            new("add-host", '\0', "list", "Add a line to /etc/hosts of every RUN: name:ip", value => _hosts.Add(ExtraHostSyntax.Parse(value))),
            new("allow", '\0', "list", "Allow what is usually kept from a RUN: network.host", value => _entitlements.AddRange(value.Split(','))),
            new("annotation", '\0', "list", "Annotate what is pushed or written as an OCI archive: [PART[PLATFORM]:]KEY=VALUE, PART being manifest, or of several platforms also index, manifest-descriptor, index-descriptor", value => AnnotationSyntax.Parse(value, _annotations)),
            new("attest", '\0', "list", "Refused unless disabled: builds are not attested yet", RefuseAttestation),
            new("build-arg", '\0', "list", "Set the value of an ARG; NAME alone takes the caller's variable", AddArgument),
            new("build-context", '\0', "list", "One more context for --from and FROM: NAME=PATH, URL, docker-image://IMAGE or oci-layout://PATH", AddContext),
            new("cache-from", '\0', "list", "Use a cache of others: NAME, type=registry,ref=NAME or type=local,src=PATH", value => _cacheFrom.AddRange(CacheLocationSyntax.ParseSource(value))),
            new("cache-to", '\0', "list", "Give the build's cache to others: type=registry,ref=NAME, type=local,dest=PATH or type=inline", value => _cacheTo.AddRange(CacheLocationSyntax.ParseTarget(value))),
            new("call", '\0', "string", "What is asked of the Dockerfile: build, check, outline, targets; or NAME,format=json[,ignorestatus=true] (default \"build\")", value => _call = BuildCallSyntax.Parse(value)),
            new("cgroup-parent", '\0', "string", "The cgroup to make those of every RUN in", value => _request = _request with { CgroupParent = value.Length == 0 ? null : value }),
            Option.Switch("check", '\0', "Only check the Dockerfile, as Docker's build checks do, and build nothing: --call=check", value => _call = value ? BuildCallSyntax.Parse("check") : _call),
            new("file", 'f', "string", "Name of the Dockerfile (default PATH/Dockerfile)", value => _request = _request with { Dockerfile = value }),
            new("iidfile", '\0', "string", "Write the image's id to this file", value => _request = _request with { ImageIdFile = value }),
            new("label", '\0', "list", "Set a label of the image", value => Values.SetPair(_labels, value)),
            Option.Switch("load", '\0', "Have the image on this machine, which every build does", RequireLoad),
            new("memory", 'm', "bytes", "Memory limit of every RUN, for example 512m", value => _request = _request with { Limits = _request.Limits with { MemoryBytes = Values.UnlessZero(ByteSize.Parse(value)) } }),
            new("metadata-file", '\0', "string", "Write what is known of the image to this file, as JSON", value => _request = _request with { MetadataFile = value }),
            new("network", '\0', "string", "The network of every RUN: default, none, host, or NAME (default \"default\")", value => _request = _request with { Network = value }),
            Option.Switch("no-cache", '\0', "Do every step anew", value => _request = _request with { NoCache = value }),
            new("no-cache-filter", '\0', "list", "Do every step of these stages anew", value => _noCacheFilter.AddRange(value.Split(','))),
            new("output", 'o', "list", "What becomes of it: type=image, local, tar, docker or oci with dest=PATH; a directory; or - for a tar", value => _outputs.Add(BuildOutputSyntax.Parse(value, _tags))),
            new("platform", '\0', "list", "For what images are built, for example linux/amd64,linux/arm64; of several the result is an index", AddPlatforms),
            new("progress", '\0', "string", "How the build shows its progress: auto, tty, plain, quiet, rawjson (default \"auto\")", value => _progress = Progress(value)),
            provenance,
            Option.Switch("pull", '\0', "Ask the registry for newer base images", value => _request = _request with { Pull = value }),
            Option.Switch("push", '\0', "Push the image under its names", value => _push = value),
            Option.Switch("quiet", 'q', "Print nothing but the image's id", value => IsQuiet = value),
            new("sbom", '\0', "string", "Refused unless false: builds are not attested yet", value => Refuse("sbom", value)),
            new("secret", '\0', "list", "Give a secret to RUN --mount=type=secret: id=ID[,src=FILE|,env=NAME]", AddSecret),
            new("shm-size", '\0', "bytes", "Size of /dev/shm of every RUN", value => _request = _request with { ShmSizeBytes = ByteSize.Parse(value) }),
            new("ssh", '\0', "list", "Give an agent to RUN --mount=type=ssh: default, ID=SOCKET, or ID=KEY[,KEY...] with files of private keys", AddAgent),
            tag,
            new("target", '\0', "string", "The stage to build", value => _request = _request with { Target = value.Length == 0 ? null : value }),
            new("trace", '\0', "string", "Write where the time went to this file, in the Trace Event Format", value => _request = _request with { TraceFile = value }),
            new("ulimit", '\0', "list", "Resource limit of every RUN: NAME=SOFT[:HARD]", value => _ulimits.Add(UlimitSyntax.Parse(value))),
            .. SettledOptions.OfBuild(),
        ];
    }

    /// <summary>The request.</summary>
    /// <param name="context">The context's place.</param>
    internal BuildRequest Request(string context) => _request with
    {
        Context = context,
        Call = _call.Call,
        Tags = _tags,
        Outputs = _push ? [.. _outputs, new BuildOutput(BuildOutputKind.Image, null, Push: true)] : _outputs,
        BuildArguments = WithEpoch(),
        BuildContexts = _contexts,
        Platforms = _platforms,
        Labels = _labels,
        NoCacheFilter = _noCacheFilter,
        ExtraHosts = _hosts,
        Ulimits = _ulimits,
        Entitlements = _entitlements,
        Secrets = _secrets,
        SshAgents = _agents,
        CacheFrom = _cacheFrom,
        Annotations = _annotations,
        CacheTo = _cacheTo,
    };

    /// <summary>Makes what shows the progress.</summary>
    /// <param name="descriptor">Where it goes.</param>
    /// <param name="expands">Whether all is told of each warning.</param>
    internal BuildView Open(int descriptor, bool expands)
    {
        var output = new OutputWriter(descriptor);
        bool isLive = _progress == "tty"
            || (_progress == "auto" && output.IsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb");
        return IsQuiet || _progress is "quiet" or "none" ? new QuietBuildView(output)
            : _progress == "rawjson" ? new RawJsonBuildView(output)
            : isLive ? new TerminalBuildView(output, descriptor) { ExpandsWarnings = expands }
            : new PlainBuildView(output) { ExpandsWarnings = expands };
    }

    /// <summary>As buildx: the caller's variable is an argument of every build.</summary>
    private Dictionary<string, string> WithEpoch()
    {
        const string epoch = "SOURCE_DATE_EPOCH";
        if (Environment.GetEnvironmentVariable(epoch) is { Length: > 0 } value)
        {
            _arguments.TryAdd(epoch, value);
        }

        return _arguments;
    }

    private static string Progress(string text) => text is "auto" or "tty" or "plain" or "quiet" or "none" or "rawjson"
        ? text
        : throw EngineException.Invalid("must be auto, tty, plain, quiet or rawjson");

    private static void Refuse(string what, string value)
    {
        if (value is not ("false" or "0"))
        {
            throw new EngineException(ErrorKind.Unsupported, $"--{what}={value}: builds are not attested yet");
        }
    }

    /// <summary>As clients send it where nobody asked: <c>type=provenance,disabled=true</c>.</summary>
    private static void RefuseAttestation(string value)
    {
        if (Array.IndexOf(value.Split(','), "disabled=true") < 0)
        {
            throw new EngineException(ErrorKind.Unsupported, $"--attest={value}: builds are not attested yet");
        }
    }

    private static void RequireLoad(bool value)
    {
        if (!value)
        {
            throw new EngineException(ErrorKind.Unsupported, "--load=false: an image that is built is on this machine");
        }
    }

    private void AddArgument(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0)
        {
            _arguments[text[..equals]] = text[(equals + 1)..];
        }
        else if (Environment.GetEnvironmentVariable(text) is { } value)
        {
            _arguments[text] = value;
        }
    }

    private void AddContext(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        _contexts[equals > 0 ? text[..equals] : throw EngineException.Invalid($"invalid context value: {text}, expected key=value")] = text[(equals + 1)..];
    }

    private void AddPlatforms(string text)
    {
        foreach (string word in text.Split(','))
        {
            Platform platform = word.Trim() == "local" ? Platform.Host : PlatformSyntax.Parse(word.Trim());
            if (!_platforms.Contains(platform))
            {
                _platforms.Add(platform);
            }
        }
    }

    private void AddSecret(string text)
    {
        string? id = null;
        string? file = null;
        string? variable = null;
        string type = "";
        foreach (string field in text.Split(','))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0
                ? throw EngineException.Invalid($"invalid field '{field}' must be a key=value pair")
                : field[(equals + 1)..];
            switch (field[..equals].ToLowerInvariant())
            {
                case "type" when value is "file" or "env":
                    type = value;
                    break;
                case "type":
                    throw EngineException.Invalid($"unsupported secret type \"{value}\"");
                case "id":
                    id = value;
                    break;
                case "source" or "src":
                    file = value;
                    break;
                case "env":
                    variable = value;
                    break;
                case var key:
                    throw EngineException.Invalid($"unexpected key '{key}' in '{field}'");
            }
        }

        if (string.IsNullOrEmpty(id))
        {
            throw EngineException.Invalid($"--secret {text}: it has no id");
        }

        if (type == "env")
        {
            (variable, file) = (variable ?? file, null);
        }

        // As buildx: an id alone is a variable's name, or else a file's.
        bool isVariable = variable is null && file is null && (type == "env" || (type.Length == 0 && Environment.GetEnvironmentVariable(id) is not null));
        _secrets[id] = new SecretSource(file, isVariable ? id : variable);
    }

    private void AddAgent(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string id = equals < 0 ? text : text[..equals];
        string path = equals >= 0 ? text[(equals + 1)..]
            : Environment.GetEnvironmentVariable("SSH_AUTH_SOCK")
                ?? throw new EngineException(
                    ErrorKind.InvalidArgument,
                    $"--ssh {text}: the environment has no variable SSH_AUTH_SOCK, by which an agent is found",
                    hint: $"--ssh {text}=FILE takes a private key");
        _agents[id] = path;
    }
}
