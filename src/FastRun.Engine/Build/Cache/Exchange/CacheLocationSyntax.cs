using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>The text form of <c>--cache-to</c> and <c>--cache-from</c>: <c>type=KIND,KEY=VALUE...</c>, or a reference alone.</summary>
public static class CacheLocationSyntax
{
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromHours(1);

    /// <summary>Parses where a cache goes.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static IReadOnlyList<CacheLocation> ParseTarget(string text) => Parse(text, isTarget: true);

    /// <summary>Parses where a cache comes from.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static IReadOnlyList<CacheLocation> ParseSource(string text) => Parse(text, isTarget: false);

    private static List<CacheLocation> Parse(string text, bool isTarget)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            // As buildx: references alone.
            return [.. text.Split(',').Select(name => new CacheLocation(CacheKind.Registry, Reference(name)))];
        }

        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        List<string> mounts = [];
        foreach (string field in text.Split(','))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = equals > 0 ? field[..equals].ToLowerInvariant() : throw EngineException.Invalid($"invalid value {field}");
            string value = field[(equals + 1)..];
            if (key == "mounts")
            {
                mounts.Add(value.Length > 0 ? value : throw EngineException.Invalid($"mounts: the id of a cache mount is empty"));
            }
            else if (!fields.TryAdd(key, value))
            {
                throw EngineException.Invalid($"{key} is there twice");
            }
        }

        return [Of(new Fields(fields), isTarget) with { Mounts = mounts }];
    }

    private static CacheLocation Of(Fields fields, bool isTarget)
    {
        string type = fields.Take("type") ?? throw EngineException.Invalid("type is required");
        CacheLocation location = type switch
        {
            "registry" => new CacheLocation(CacheKind.Registry, Reference(fields.Take("ref") ?? throw EngineException.Invalid("ref is required"))),
            "local" => new CacheLocation(CacheKind.Local, Directory(fields, isTarget ? "dest" : "src")),
            "inline" when isTarget => new CacheLocation(CacheKind.Inline, ""),
            "inline" => throw EngineException.Invalid("an inline cache is imported by the image's name: type=registry,ref=NAME"),
            _ => throw new EngineException(ErrorKind.Unsupported, $"there is no cache of type {type}, but registry, local and inline"),
        };
        location = location with { Timeout = fields.Take("timeout") is { } time ? Duration(time) : location.Timeout };
        if (isTarget && location.Kind != CacheKind.Inline)
        {
            location = WithForm(location, fields);
        }

        // A cache is never why a build fails.
        if (fields.Take("ignore-error") is { } ignore && !IsTrue("ignore-error", ignore))
        {
            throw EngineException.Invalid("ignore-error=false: a cache is never why a build fails");
        }

        if (fields.First is { } unknown)
        {
            throw new EngineException(ErrorKind.Unsupported, $"{unknown} means nothing for this type");
        }

        return location;
    }

    private static CacheLocation WithForm(CacheLocation location, Fields fields)
    {
        string mode = fields.Take("mode") ?? "min";
        foreach (string key in (string[])["image-manifest", "oci-mediatypes"])
        {
            if (fields.Take(key) is { } value && !IsTrue(key, value))
            {
                throw new EngineException(ErrorKind.Unsupported, $"{key}={value}: a cache is an OCI image manifest, which every registry takes");
            }
        }

        string? kind = fields.Take("compression");
        string? level = fields.Take("compression-level");
        string compression = (kind ?? "gzip") + (level is null ? "" : ":" + level);
        return location with
        {
            All = mode is "min" or "max" ? mode == "max" : throw EngineException.Invalid($"mode must be min or max, not {mode}"),
            Compression = LayerCompression.TryParse(compression)
                ?? throw EngineException.Invalid($"compression must be gzip or zstd, with a compression-level of 1 to 9, or 1 to 19, not {compression}"),
            ForceCompression = fields.Take("force-compression") is { } force && IsTrue("force-compression", force),
        };
    }

    private static string Directory(Fields fields, string key) => fields.Take(key) is { Length: > 0 } path
        ? path.AsSpan().ContainsAny('\0', '\n') ? throw EngineException.Invalid($"{key}: not a path") : Path.GetFullPath(path)
        : throw EngineException.Invalid($"{key} is required");

    private static string Reference(string text) => ImageReference.TryParse(text, out ImageReference? reference)
        ? reference.ToString()
        : throw EngineException.Invalid($"{text} is not a reference");

    private static TimeSpan Duration(string text) => GoDuration.Parse(text) is var time && time > TimeSpan.Zero && time <= s_longestTimeout
        ? time
        : throw EngineException.Invalid($"timeout must be more than nothing and at most 1h, not {text}");

    private static bool IsTrue(string key, string value) => value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw EngineException.Invalid($"{key} must be true or false, not {value}"),
    };

    private sealed class Fields(Dictionary<string, string> values)
    {
        internal string? First
        {
            get
            {
                foreach (string key in values.Keys)
                {
                    return key;
                }

                return null;
            }
        }

        internal string? Take(string key) => values.Remove(key, out string? value) ? value : null;
    }
}
