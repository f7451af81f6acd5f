using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Graph;

/// <summary>
/// The arguments of a whole build: what <c>--build-arg</c> gives, what the platforms give, and the ARGs before the first FROM
/// (Dockerfile reference, "ARG").
/// </summary>
internal sealed class BuildArguments
{
    private static readonly string[] s_proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly Dictionary<string, string> _platform = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _global = new(StringComparer.Ordinal);

    /// <summary>Evaluates the global ARGs.</summary>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="given">What <c>--build-arg</c> gives.</param>
    /// <param name="target">For what is built.</param>
    /// <param name="stage">The name of the target stage; null for none.</param>
    /// <exception cref="DockerfileException">A value cannot be expanded.</exception>
    internal BuildArguments(DockerfileDocument document, IReadOnlyDictionary<string, string> given, Platform target, string? stage)
    {
        _given = given;
        AddPlatform("BUILD", Platform.Host);
        AddPlatform("TARGET", target);
        _platform["TARGETSTAGE"] = stage ?? document.Stages[^1].Name ?? "default";
        foreach (ArgInstruction instruction in document.GlobalArguments)
        {
            Declare(instruction, document.Escape);
        }
    }

    /// <summary>The proxies that every RUN has, which need no ARG and are no part of a key or a history.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Proxies
    {
        get
        {
            foreach (string proxy in s_proxies)
            {
                foreach (string name in (string[])[proxy, proxy.ToLowerInvariant()])
                {
                    if (_given.TryGetValue(name, out string? value))
                    {
                        yield return new(name, value);
                    }
                }
            }
        }
    }

    /// <summary>What <c>--build-arg</c> says; null where it says nothing.</summary>
    internal string? Given(string name) => _given.TryGetValue(name, out string? value) ? value : null;

    /// <summary>What a name means in a FROM; null where it means nothing. A stage sees it by declaring it without a value.</summary>
    internal string? Global(string name) =>
        _global.TryGetValue(name, out string? value) || _platform.TryGetValue(name, out value) ? value : null;

    private void Declare(ArgInstruction instruction, char escape)
    {
        Expansion expansion = new(Global, escape);
        foreach (Assignment argument in instruction.Arguments)
        {
            try
            {
                string name = expansion.Word(argument.Name);
                string? value = Given(name) ?? (argument.Value is null ? null : expansion.Word(argument.Value));
                if (value is not null)
                {
                    _global[name] = value;
                }
            }
            catch (DockerfileException e)
            {
                throw e.At(instruction.Lines);
            }
        }
    }

    private void AddPlatform(string prefix, Platform platform)
    {
        _platform[prefix + "PLATFORM"] = platform.ToString();
        _platform[prefix + "OS"] = platform.Os;
        _platform[prefix + "ARCH"] = platform.Architecture;
        _platform[prefix + "VARIANT"] = platform.Variant ?? "";
    }
}
