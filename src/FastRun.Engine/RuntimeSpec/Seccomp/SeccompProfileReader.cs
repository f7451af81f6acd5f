using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>
/// Reads Docker's profile format. It is a security boundary, so nothing in it is skipped: a key, action, operator or
/// capability that is not known is an error. System call names are the exception: a profile lists those of all machines.
/// </summary>
internal sealed partial class SeccompProfileReader
{
    private readonly string _source;
    private readonly SeccompHost _host;

    private SeccompProfileReader(string source, SeccompHost host)
    {
        _source = source;
        _host = host;
    }

    /// <summary>Reads a profile.</summary>
    /// <param name="source">What it is called in errors: its path.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="host">The machine that it is for.</param>
    /// <exception cref="EngineException">It is not a profile.</exception>
    internal static SeccompProfile Read(string source, ReadOnlyMemory<byte> json, SeccompHost host)
    {
        var reader = new SeccompProfileReader(source, host);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return reader.Profile(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw reader.Error($"not valid JSON at line {exception.LineNumber + 1}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // A string that is not UTF-8, or half of a surrogate pair.
            throw reader.Error("not valid UTF-8", exception);
        }
    }

    private SeccompProfile Profile(JsonElement root)
    {
        string? actionName = null;
        int? errno = null;
        IReadOnlyList<SyscallAbi>? architectures = null;
        IReadOnlyList<SyscallAbi>? archMap = null;
        IReadOnlyList<SeccompRule> rules = [];
        foreach (JsonProperty property in Members(root, "the profile"))
        {
            switch (property.Name)
            {
                case "defaultAction":
                    actionName = Text(property.Value, property.Name);
                    break;
                case "defaultErrnoRet":
                    errno = Errno(property.Value, property.Name);
                    break;
                case "architectures":
                    architectures = Architectures(property.Value, property.Name);
                    break;
                case "archMap":
                    archMap = ArchMap(property.Value, property.Name);
                    break;
                case "syscalls":
                    rules = List(property.Value, property.Name, Rule);
                    break;
                default:
                    throw UnknownKey(property.Name, null);
            }
        }

        if (architectures is { Count: > 0 } && archMap is { Count: > 0 })
        {
            throw Error("both architectures and archMap are given");
        }

        SeccompAction action = Action(
            actionName ?? throw Error("defaultAction is missing"), errno, "defaultAction", "defaultErrnoRet");
        return new SeccompProfile(action, Abis(architectures is { Count: > 0 } ? architectures : archMap), rules);
    }

    private SeccompRule Rule(JsonElement element, string path)
    {
        string? name = null;
        IReadOnlyList<string>? names = null;
        string? action = null;
        int? errno = null;
        IReadOnlyList<ArgumentCondition> conditions = [];
        RuleFilter includes = RuleFilter.None;
        RuleFilter excludes = RuleFilter.None;
        foreach (JsonProperty property in Members(element, path))
        {
            string at = $"{path}.{property.Name}";
            switch (property.Name)
            {
                case "name":
                    name = Text(property.Value, at);
                    break;
                case "names":
                    names = List(property.Value, at, Text);
                    break;
                case "action":
                    action = Text(property.Value, at);
                    break;
                case "errnoRet":
                    errno = Errno(property.Value, at);
                    break;
                case "args":
                    conditions = List(property.Value, at, Condition);
                    break;
                case "includes":
                    includes = Filter(property.Value, at);
                    break;
                case "excludes":
                    excludes = Filter(property.Value, at);
                    break;
                case "comment":
                    Text(property.Value, at);
                    break;
                default:
                    throw UnknownKey(property.Name, path);
            }
        }

        if (!string.IsNullOrEmpty(name) && names is { Count: > 0 })
        {
            throw Error($"{path}: both name and names are given");
        }

        names = string.IsNullOrEmpty(name) ? names : [name];
        if (names is null or { Count: 0 })
        {
            throw Error($"{path}: names is missing");
        }

        action = action ?? throw Error($"{path}: action is missing");
        return new SeccompRule(names, Action(action, errno, $"{path}.action", $"{path}.errnoRet"))
        {
            Conditions = conditions,
            Includes = includes,
            Excludes = excludes,
        };
    }

    private ArgumentCondition Condition(JsonElement element, string path)
    {
        ulong? index = null;
        ulong value = 0;
        ulong valueTwo = 0;
        ComparisonOperator? comparison = null;
        foreach (JsonProperty property in Members(element, path))
        {
            string at = $"{path}.{property.Name}";
            switch (property.Name)
            {
                case "index":
                    index = Number(property.Value, at, ArgumentCondition.ArgumentCount - 1);
                    break;
                case "value":
                    value = Number(property.Value, at, ulong.MaxValue);
                    break;
                case "valueTwo":
                    valueTwo = Number(property.Value, at, ulong.MaxValue);
                    break;
                case "op":
                    comparison = Operator(Text(property.Value, at), at);
                    break;
                default:
                    throw UnknownKey(property.Name, path);
            }
        }

        return new ArgumentCondition(
            (int)(index ?? throw Error($"{path}: index is missing")),
            comparison ?? throw Error($"{path}: op is missing"),
            value,
            valueTwo);
    }

    private RuleFilter Filter(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return RuleFilter.None;
        }

        RuleFilter filter = RuleFilter.None;
        foreach (JsonProperty property in Members(element, path))
        {
            string at = $"{path}.{property.Name}";
            switch (property.Name)
            {
                case "caps":
                    CapabilitySet set = default;
                    foreach (Capability capability in List(property.Value, at, CapabilityName))
                    {
                        set = set.With(capability);
                    }

                    filter = filter with { Capabilities = set };
                    break;
                case "arches":
                    List<string> names = List(property.Value, at, Text);
                    filter = filter with { Architectures = names.Count > 0 ? names : null };
                    break;
                case "minKernel":
                    filter = filter with { MinKernel = Kernel(Text(property.Value, at), at) };
                    break;
                default:
                    throw UnknownKey(property.Name, path);
            }
        }

        return filter;
    }

    private SeccompAction Action(string name, int? errno, string path, string errnoPath)
    {
        if (name == "SCMP_ACT_NOTIFY")
        {
            throw new EngineException(ErrorKind.Unsupported, $"{Prefix}{path}: SCMP_ACT_NOTIFY is not supported: nobody listens");
        }

        if (!SeccompAction.TryParse(name, errno, out SeccompAction action))
        {
            throw Error($"{path}: unknown action \"{Shown(name)}\"");
        }

        if (errno is not null && !SeccompAction.TakesErrno(name))
        {
            throw Error($"{errnoPath}: {name} takes no errno");
        }

        return action;
    }

    private ComparisonOperator Operator(string name, string path) => name switch
    {
        "SCMP_CMP_NE" => ComparisonOperator.NotEqual,
        "SCMP_CMP_LT" => ComparisonOperator.Less,
        "SCMP_CMP_LE" => ComparisonOperator.LessOrEqual,
        "SCMP_CMP_EQ" => ComparisonOperator.Equal,
        "SCMP_CMP_GE" => ComparisonOperator.GreaterOrEqual,
        "SCMP_CMP_GT" => ComparisonOperator.Greater,
        "SCMP_CMP_MASKED_EQ" => ComparisonOperator.MaskedEqual,
        _ => throw Error($"{path}: unknown operator \"{Shown(name)}\""),
    };
}
