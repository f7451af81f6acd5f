using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The options of BuildKit's Dockerfile frontend as a build's request.</summary>
internal sealed class FrontendOptions
{
    private const string LocalScheme = "local:";
    private const string InputScheme = "input:";
    private const string ImageScheme = "docker-image://";
    private const string LayoutScheme = "oci-layout://";
    private const string UploadPrefix = "http://buildkit-session/";

    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contexts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _unused = [];
    private readonly Func<string, string> _input;
    private BuildRequest _request = new() { Context = "" };
    private string? _remote;
    private string _contextName = "context";
    private string? _dockerfileName;

    private FrontendOptions(Func<string, string> input) => _input = input;

    /// <summary>What was asked for and has no effect here, which is told.</summary>
    internal IReadOnlyList<string> Unused => _unused;

    /// <summary>The path of what the client uploads as its context; null where it uploads nothing.</summary>
    internal string? Upload { get; private set; }

    /// <summary>Reads them.</summary>
    /// <param name="options">They.</param>
    /// <param name="input">The image that an input of the build means.</param>
    /// <exception cref="EngineException">One is wrong, or not there.</exception>
    internal static FrontendOptions Read(IReadOnlyDictionary<string, string> options, Func<string, string> input)
    {
        FrontendOptions read = new(input);
        foreach ((string key, string value) in options)
        {
            int colon = key.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                read.Option(key, value);
            }
            else
            {
                read.Named(key[..colon], key[(colon + 1)..], value);
            }
        }

        read.Upload = read._remote is { } remote && remote.StartsWith(UploadPrefix, StringComparison.Ordinal) ? remote[UploadPrefix.Length..] : null;
        if (read._remote is not null && read._dockerfileName is not null)
        {
            throw Unsupported("a Dockerfile of the client's for a context that is elsewhere");
        }

        return read;
    }

    /// <summary>The request.</summary>
    internal BuildRequest Request(BuildClient client) => _request with
    {
        Client = client,
        Context = Upload is not null ? "-" : _remote ?? BuildClient.DirectoryScheme + _contextName,
        DockerfileDirectory = _remote is null ? _dockerfileName ?? "dockerfile" : null,
        BuildArguments = _arguments,
        Labels = _labels,
        BuildContexts = _contexts,
    };

    private void Option(string key, string value)
    {
        switch (key)
        {
            case "filename":
                _request = _request with { Dockerfile = value is "" or "Dockerfile" ? null : value };
                break;
            case "target":
                _request = _request with { Target = value.Length == 0 ? null : value };
                break;
            case "platform":
                _request = _request with { Platforms = [.. Fields(value).Select(PlatformSyntax.Parse).Distinct()] };
                break;
            case "no-cache":
                _request = value.Length == 0 ? _request with { NoCache = true } : _request with { NoCacheFilter = value.Split(',') };
                break;
            case "image-resolve-mode":
                _request = _request with { Pull = value is "pull" };
                break;
            case "force-network-mode":
                _request = _request with { Network = value is "" or "sandbox" ? "default" : value };
                break;
            case "add-hosts":
                _request = _request with { ExtraHosts = [.. Fields(value).Select(ExtraHostSyntax.Parse)] };
                break;
            case "ulimit":
                _request = _request with { Ulimits = [.. Fields(value).Select(UlimitSyntax.Parse)] };
                break;
            case "shm-size":
                _request = _request with { ShmSizeBytes = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : throw EngineException.Invalid($"invalid shm-size: {value}") };
                break;
            case "cgroup-parent":
                _request = _request with { CgroupParent = value.Length == 0 ? null : value };
                break;
            case "context":
                _remote = value.StartsWith(LocalScheme, StringComparison.Ordinal) || value.Length == 0 ? null : value;
                break;
            case "contextkey":
                _contextName = value;
                break;
            case "dockerfilekey":
                _dockerfileName = value;
                break;
            case "requestid":
                _request = _request with { Call = CallOf(value) };
                break;
            case "hostname" or "source" or "contextsubdir" or "filename-raw":
                throw Unsupported(key);
            case "cache-from" or "cache-imports" or "multi-platform" or "frontend.caps" or "cmdline" or "local-sessionid":
                break;
            default:
                _unused.Add($"option {key} is not known and has no effect");
                break;
        }
    }

    private void Named(string kind, string name, string value)
    {
        switch (kind)
        {
            case "build-arg":
                _arguments[name] = value;
                break;
            case "label":
                _labels[name] = value;
                break;
            case "context":
                _contexts[name] = Context(name, value);
                break;
            case "attest" when !value.Contains("disabled=true", StringComparison.Ordinal):
                throw Unsupported($"an attestation ({name})");
            case "attest" or "vcs" or "local-sessionid" or "input-metadata":
                break;
            default:
                _unused.Add($"option {kind}:{name} is not known and has no effect");
                break;
        }
    }

    private string Context(string name, string value) =>
        value.StartsWith(LocalScheme, StringComparison.Ordinal) ? BuildClient.DirectoryScheme + value[LocalScheme.Length..]
        : value.StartsWith(InputScheme, StringComparison.Ordinal) ? ImageScheme + _input(value[InputScheme.Length..])
        : value.StartsWith(LayoutScheme, StringComparison.Ordinal) ? BuildClient.LayoutScheme + value[LayoutScheme.Length..]
        : BuildClient.IsOfClient(value) || value == "-" ? throw EngineException.Invalid($"invalid build context {name}: {value}")
        : value;

    private static BuildCall CallOf(string request) => request switch
    {
        "frontend.lint" => BuildCall.Check,
        "frontend.outline" => BuildCall.Outline,
        "frontend.targets" => BuildCall.Targets,
        _ => throw new EngineException(ErrorKind.Unsupported, $"unsupported request {request}"),
    };

    private static string[] Fields(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static EngineException Unsupported(string what) => new(ErrorKind.Unsupported, $"{what}: not supported by builds over the API");
}
