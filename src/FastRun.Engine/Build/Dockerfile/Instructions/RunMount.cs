using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>A mount of RUN (Dockerfile reference, "RUN --mount"), with its values expanded.</summary>
internal sealed record RunMount
{
    private static readonly string[] s_types = ["bind", "cache", "tmpfs", "secret", "ssh"];

    private static readonly string[] s_keys =
    [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "mode", "uid", "gid", "size", "env", "src", "dst",
        "destination", "ro", "rw", "readwrite",
    ];

    /// <summary>What it is.</summary>
    internal RunMountType Type { get; init; }

    /// <summary>The stage, context or image; null for the build's context (bind), an empty directory (cache).</summary>
    internal string? From { get; init; }

    /// <summary>The path in it; of a secret another word for <see cref="Id"/>.</summary>
    internal string? Source { get; init; }

    /// <summary>Where it is mounted; relative to the working directory. Null where it is not given: a secret or a socket has a place of its own.</summary>
    internal string? Target { get; init; }

    /// <summary>Whether it cannot be written to; what is written to a writable bind mount is thrown away.</summary>
    internal bool ReadOnly { get; init; }

    /// <summary>The id of a cache, a secret or an agent; null where it is not given (a cache is then known by its target).</summary>
    internal string? Id { get; init; }

    /// <summary>What two users of one cache do.</summary>
    internal CacheSharing Sharing { get; init; }

    /// <summary>Whether it is an error when the secret or the agent is not given.</summary>
    internal bool Required { get; init; }

    /// <summary>The permissions of the cache's directory, the secret's file or the socket; null where they are not given.</summary>
    internal int? Mode { get; init; }

    /// <summary>Whose it is; null where it is not given.</summary>
    internal uint? Uid { get; init; }

    /// <summary>Which group's it is; null where it is not given.</summary>
    internal uint? Gid { get; init; }

    /// <summary>The size of a tmpfs in bytes; 0 for no limit.</summary>
    internal long Size { get; init; }

    /// <summary>The environment variable that gets the secret, instead of a file or beside one (with <see cref="Target"/>); null where it is not given.</summary>
    internal string? Env { get; init; }

    /// <summary>The id of a secret: what is given, or else the last part of its source or its place.</summary>
    internal string SecretId => Id is { Length: > 0 } given ? given : LastPart(Source is { Length: > 0 } source ? source : Target ?? "");

    /// <summary>Checks what can be checked before expansion.</summary>
    /// <param name="options">The options.</param>
    /// <param name="sources">Gets what <c>from</c> says.</param>
    /// <exception cref="DockerfileException">Something is wrong.</exception>
    internal static void Check(string options, List<string> sources)
    {
        if (options.Length == 0)
        {
            throw Wrong("failed to parse csv mounts: EOF", isPlain: false);
        }

        foreach (string field in MountFields.Split(options))
        {
            (string key, string? value) = MountFields.Pair(field);
            if (key != "from" || value is null)
            {
                continue;
            }

            int dollar = value.IndexOf('$', StringComparison.Ordinal);
            sources.Add(dollar >= 0 && dollar < value.Length - 1
                ? throw Wrong($"'{key}' doesn't support variable expansion, define alias stage instead", isPlain: false)
                : value);
        }

        if (!options.Contains('$', StringComparison.Ordinal))
        {
            Parse(options, static value => value);
        }
    }

    /// <summary>Parses the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="expand">Expands a value.</param>
    /// <exception cref="DockerfileException">Something is wrong.</exception>
    internal static RunMount Parse(string options, Func<string, string> expand)
    {
        RunMount mount = new();
        bool? readOnly = null;
        bool sharing = false;
        foreach (string field in MountFields.Split(options))
        {
            (string key, string? written) = MountFields.Pair(field);
            string? value = written is null ? null : expand(written);
            switch (key)
            {
                case "readonly" or "ro":
                    readOnly = MountFields.Boolean(key, value);
                    continue;
                case "readwrite" or "rw":
                    readOnly = !MountFields.Boolean(key, value);
                    continue;
                case "required":
                    mount = mount with { Required = mount.Of(key, RunMountType.Secret, RunMountType.Ssh) && MountFields.Boolean(key, value) };
                    continue;
                case var _ when value is null:
                    throw Wrong($"invalid field '{field}' must be a key=value pair");
            }

            mount = key switch
            {
                "type" => mount with { Type = TypeOf(value!) },
                "from" => mount with { From = value },
                "source" or "src" => mount with { Source = value },
                "target" or "dst" or "destination" => mount with { Target = value },
                "id" => mount with { Id = value },
                "size" => mount with { Size = mount.Of(key, RunMountType.Tmpfs, RunMountType.Tmpfs) ? SizeOf(value!) : 0 },
                "sharing" => mount with { Sharing = SharingOf(value!) },
                "mode" => mount with { Mode = ModeOf(value!) },
                "uid" => mount with { Uid = Number(key, value!) },
                "gid" => mount with { Gid = Number(key, value!) },
                "env" => mount with { Env = value },
                _ => throw Wrong($"unexpected key '{key}' in '{field}'{Suggestion.For(key, s_keys)}"),
            };
            sharing |= key == "sharing";
        }

        mount.Check(sharing);
        return mount with { ReadOnly = readOnly ?? mount.Type is not (RunMountType.Cache or RunMountType.Tmpfs) };
    }

    private static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static DockerfileException Wrong(string message, bool isPlain = true) => new(LineRange.None, message) { IsPlain = isPlain };

    private string Word => s_types[(int)Type];

    /// <summary>True, where it is of one of these types.</summary>
    private bool Of(string key, RunMountType one, RunMountType other) =>
        Type == one || Type == other ? true : throw Wrong($"unexpected key '{key}' for mount type '{Word}'");

    private void Check(bool sharing)
    {
        bool owned = Type is RunMountType.Secret or RunMountType.Ssh or RunMountType.Cache;
        string? stray = owned ? null : Mode is not null ? "mode" : Uid is not null ? "uid" : Gid is not null ? "gid" : null;
        if (stray is not null)
        {
            throw Wrong($"{stray} not allowed for \"{Word}\" type mounts");
        }

        if (Type == RunMountType.Secret)
        {
            string? fault = this switch
            {
                { From: { Length: > 0 } } => "secret mount should not have a from",
                _ when sharing => "secret mount should not define sharing",
                { Source: null or "", Target: null or "", Id: null or "" } => "invalid secret mount. one of source, target required",
                { Source: { Length: > 0 }, Id: { Length: > 0 } } => "both source and id can't be set",
                _ => null,
            };
            if (fault is not null)
            {
                throw Wrong(fault);
            }
        }
        else if (Env is not null)
        {
            throw Wrong($"unexpected key 'env' for mount type '{Word}'");
        }

        if (sharing && Type != RunMountType.Cache)
        {
            throw Wrong($"invalid cache sharing set for {Word} mount");
        }

        if (Target is null or "" && Type is RunMountType.Bind or RunMountType.Cache or RunMountType.Tmpfs)
        {
            throw Wrong("mount target cannot be empty");
        }
    }

    private static RunMountType TypeOf(string value)
    {
        int at = Array.IndexOf(s_types, value.ToLowerInvariant());
        return at >= 0 ? (RunMountType)at : throw Wrong($"unsupported mount type {Expansion.Quoted(value)}{Suggestion.For(value, s_types)}");
    }

    private static CacheSharing SharingOf(string value) => value.ToLowerInvariant() switch
    {
        "shared" => CacheSharing.Shared,
        "private" => CacheSharing.Private,
        "locked" => CacheSharing.Locked,
        _ => throw Wrong($"unsupported sharing value {Expansion.Quoted(value)}{Suggestion.For(value, ["shared", "private", "locked"])}"),
    };

    private static int ModeOf(string value)
    {
        int mode = 0;
        foreach (char c in value)
        {
            mode = c is >= '0' and <= '7' && mode <= 0xFFF ? (mode << 3) | (c - '0') : throw Wrong($"invalid value {value} for mode");
        }

        return value.Length > 0 && mode <= 0xFFF ? mode : throw Wrong($"invalid value {value} for mode");
    }

    private static uint Number(string key, string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue
            ? number
            : throw Wrong($"invalid value {value} for {key}");

    private static long SizeOf(string value)
    {
        try
        {
            return ByteSize.Parse(value);
        }
        catch (EngineException)
        {
            throw Wrong($"invalid value for size: {value}");
        }
    }
}
