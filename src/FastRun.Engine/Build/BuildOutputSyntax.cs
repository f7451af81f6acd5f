using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build;

/// <summary>The text form of <c>--output</c>: <c>type=KIND,dest=PATH</c>, a directory alone, or <c>-</c> for a tar on standard output.</summary>
public static class BuildOutputSyntax
{
    /// <summary>Parses one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">Gets what <c>name=</c> calls the image.</param>
    /// <exception cref="EngineException">It is none, or one that is not there yet.</exception>
    public static BuildOutput Parse(string text, ICollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (text == "-")
        {
            return new BuildOutput(BuildOutputKind.Tar, "-");
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return new BuildOutput(BuildOutputKind.Local, text);
        }

        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string field in text.Split(','))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            fields[(equals < 0 ? field : field[..equals]).ToLowerInvariant()] = equals < 0
                ? throw EngineException.Invalid($"invalid value {field}")
                : field[(equals + 1)..];
        }

        return Of(text, fields, names);
    }

    private static BuildOutput Of(string text, Dictionary<string, string> fields, ICollection<string> names)
    {
        string type = Take(fields, "type") ?? throw EngineException.Invalid("type is required for output");
        string? destination = Take(fields, "dest");
        bool push = Take(fields, "push") is { } pushed && pushed is not ("false" or "0");
        if (Take(fields, "name") is { Length: > 0 } name)
        {
            names.Add(name);
        }

        bool rewrites = Take(fields, "rewrite-timestamp") is { } rewrite && rewrite is not ("false" or "0");
        foreach (string key in fields.Keys)
        {
            throw new EngineException(ErrorKind.Unsupported, $"--output {text}: {key} is not available yet");
        }

        BuildOutputKind kind = type switch
        {
            "local" => BuildOutputKind.Local,
            "tar" => BuildOutputKind.Tar,
            "docker" when destination is null => BuildOutputKind.Image,
            "docker" => BuildOutputKind.Docker,
            "oci" => BuildOutputKind.Oci,
            "image" or "registry" => BuildOutputKind.Image,
            _ => throw EngineException.Invalid($"unsupported output type \"{type}\""),
        };
        if (rewrites && kind is (BuildOutputKind.Local or BuildOutputKind.Tar))
        {
            throw EngineException.Invalid($"--output {text}: rewrite-timestamp means nothing for this type");
        }

        return kind switch
        {
            BuildOutputKind.Local when destination is null => throw EngineException.Invalid("dest is required for local output"),
            BuildOutputKind.Image when destination is not null => throw EngineException.Invalid($"--output {text}: dest means nothing for this type"),
            BuildOutputKind.Image => new BuildOutput(kind, null, push || type == "registry") { RewritesTimes = rewrites },
            _ when push => throw EngineException.Invalid($"--output {text}: only an image can be pushed"),
            _ => new BuildOutput(kind, destination ?? "-") { RewritesTimes = rewrites },
        };
    }

    private static string? Take(Dictionary<string, string> fields, string key) => fields.Remove(key, out string? value) ? value : null;
}
