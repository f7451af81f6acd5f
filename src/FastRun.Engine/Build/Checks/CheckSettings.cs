using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Checks;

/// <summary>Which rules apply: the directive <c>check</c> (<c>skip=A,B;error=true;experimental=C</c>), or the build argument <c>BUILDKIT_DOCKERFILE_CHECK</c> instead of it.</summary>
internal sealed class CheckSettings
{
    private const string All = "all";

    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _experimental = new(StringComparer.Ordinal);

    /// <summary>Whether a warning fails the build.</summary>
    internal bool IsError { get; private set; }

    /// <summary>Parses them.</summary>
    /// <param name="text">The directive's value; null for none.</param>
    /// <param name="line">Where it stands; 0 for no line.</param>
    /// <exception cref="DockerfileException">An option is unknown.</exception>
    internal static CheckSettings Parse(string? text, int line = 0)
    {
        CheckSettings settings = new();
        foreach (string option in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string value = option[(equals + 1)..].Trim();
            switch (equals < 0 ? "" : option[..equals].Trim())
            {
                case "skip":
                    Add(settings._skipped, value);
                    break;
                case "experimental":
                    Add(settings._experimental, value);
                    break;
                case "error":
                    settings.IsError = MountFields.Boolean("error", value);
                    break;
                default:
                    throw new DockerfileException(line, $"failed to parse check options: invalid check option {Expansion.Quoted(equals < 0 ? option : option[..equals].Trim())}");
            }
        }

        return settings;
    }

    /// <summary>Whether a rule applies.</summary>
    internal bool Applies(CheckRule rule) => rule.IsExperimental
        ? _experimental.Contains(All) || _experimental.Contains(rule.Name)
        : !_skipped.Contains(All) && !_skipped.Contains(rule.Name);

    private static void Add(HashSet<string> rules, string value)
    {
        foreach (string rule in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            rules.Add(rule);
        }
    }
}
