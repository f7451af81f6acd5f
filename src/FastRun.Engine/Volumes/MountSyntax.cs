using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Volumes;

/// <summary>The text form of a mount that <c>--mount</c> takes: <c>type=bind,source=/a,target=/b,readonly</c>, as one line of CSV.</summary>
public static class MountSyntax
{
    /// <summary>Parses one mount. The type is a volume unless given, as in Docker.</summary>
    /// <exception cref="EngineException">It is not a mount.</exception>
    public static MountRequest Parse(string text)
    {
        var mount = new MountRequest { Kind = MountKind.Volume, Target = "" };
        var families = new List<string>();
        string recursion = "";
        foreach (string field in SplitCsv(text))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            string? value = equals < 0 ? null : field[(equals + 1)..];
            mount = Apply(mount, key, value, field);
            recursion = key == "bind-recursive" ? value! : recursion;
            int dash = key.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0)
            {
                families.Add(key[..dash]);
            }
        }

        if (mount.Target.Length == 0)
        {
            throw EngineException.Invalid("target is required");
        }

        return Checked(mount, families, recursion);
    }

    private static MountRequest Apply(MountRequest mount, string key, string? value, string field) => key switch
    {
        "readonly" or "ro" => mount with { ReadOnly = Switch(key, value) },
        "volume-nocopy" => mount with { NoCopy = Switch(key, value) },
        "bind-nonrecursive" => mount with { NonRecursive = Switch(key, value) },
        _ when value is null => throw EngineException.Invalid($"invalid field '{field}' must be a key=value pair"),
        "type" => mount with { Kind = ParseKind(value) },
        "source" or "src" => mount with { Source = value },
        "target" or "dst" or "destination" => mount with { Target = value },
        "consistency" when VolumeSyntax.IsConsistency(value) => mount,
        "consistency" => throw InvalidValue(key, value),
        "bind-propagation" => mount with
        {
            Propagation = VolumeSyntax.ParsePropagation(value) ?? throw EngineException.Invalid(
                $"invalid propagation '{value}': must be one of private, rprivate, shared, rshared, slave, rslave"),
        },
        "bind-recursive" => ParseRecursive(mount, value),
        "bind-create-src" => mount with { CreateSource = Switch(key, value) },
        "tmpfs-size" => mount with { TmpfsSizeBytes = Size(key, value) },
        "tmpfs-mode" => TmpfsSyntax.TryParseMode(value, out int mode)
            ? mount with { TmpfsMode = mode }
            : throw InvalidValue(key, value),
        "volume-driver" => LocalVolumeDriver.IsName(value) ? mount : throw LocalVolumeDriver.Unknown(value),
        "volume-opt" => mount with { VolumeOptions = With(mount.VolumeOptions, value) },
        "volume-label" => mount with { VolumeLabels = With(mount.VolumeLabels, value) },
        "volume-subpath" => mount with { Subpath = value },
        "image-subpath" => throw new EngineException(ErrorKind.Unsupported, $"{key}: not supported"),
        _ => throw EngineException.Invalid($"unexpected key '{key}' in '{field}'"),
    };

    private static MountRequest Checked(MountRequest mount, List<string> families, string recursion)
    {
        string type = mount.Kind switch
        {
            MountKind.Bind => "bind",
            MountKind.Volume => "volume",
            MountKind.Tmpfs => "tmpfs",
            _ => throw new ArgumentOutOfRangeException(nameof(mount)),
        };
        foreach (string family in families)
        {
            if (family != type)
            {
                throw EngineException.Invalid($"cannot mix '{family}-*' options with mount type '{type}'");
            }
        }

        if (mount.Kind == MountKind.Bind && string.IsNullOrEmpty(mount.Source))
        {
            throw EngineException.Invalid("field Source must not be empty");
        }

        if (recursion is "writable" or "readonly" && !mount.ReadOnly)
        {
            throw EngineException.Invalid(
                $"option 'bind-recursive={recursion}' requires 'readonly' to be specified in conjunction");
        }

        if (recursion == "readonly" && mount.Propagation != MountPropagation.RPrivate)
        {
            throw EngineException.Invalid(
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction");
        }

        if (mount.Kind == MountKind.Tmpfs && mount.Source is not null)
        {
            throw EngineException.Invalid("field Source must not be specified");
        }

        return mount.Source is "" ? mount with { Source = null } : mount;
    }

    private static MountKind ParseKind(string value) => value.ToLowerInvariant() switch
    {
        "bind" => MountKind.Bind,
        "volume" => MountKind.Volume,
        "tmpfs" => MountKind.Tmpfs,
        "image" or "npipe" or "cluster" =>
            throw new EngineException(ErrorKind.Unsupported, $"mounts of type '{value}' are not supported"),
        _ => throw EngineException.Invalid($"mount type unknown: '{value}'"),
    };

    /// <summary>A later one replaces an earlier one, as in Docker; without a value it is empty.</summary>
    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? known, string option)
    {
        Dictionary<string, string> all = known is null ? [] : new(known);
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        all[equals < 0 ? option : option[..equals]] = equals < 0 ? "" : option[(equals + 1)..];
        return all;
    }

    private static MountRequest ParseRecursive(MountRequest mount, string value) => value switch
    {
        "enabled" => mount,
        "disabled" => mount with { NonRecursive = true },
        "writable" => mount with { WritableSubmounts = true },

        // What a read-only bind is anyway, on every kernel that this runs on.
        "readonly" => mount,
        _ => throw EngineException.Invalid(
            $"invalid value for bind-recursive: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"),
    };

    private static bool Switch(string key, string? value) => value switch
    {
        null => true,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw InvalidValue(key, value),
    };

    private static long Size(string key, string value)
    {
        try
        {
            return ByteSize.Parse(value);
        }
        catch (EngineException)
        {
            throw InvalidValue(key, value);
        }
    }

    private static EngineException InvalidValue(string key, string value) =>
        EngineException.Invalid($"invalid value for {key}: {value}");

    /// <summary>One line of CSV (RFC 4180): a field in quotes may hold commas, and quotes doubled.</summary>
    internal static List<string> SplitCsv(string line)
    {
        var fields = new List<string>();
        int position = 0;
        while (true)
        {
            string field;
            if (position < line.Length && line[position] == '"')
            {
                int end = position + 1;
                while (end < line.Length && (line[end] != '"' || line.AsSpan(end).StartsWith("\"\"")))
                {
                    end += line[end] == '"' ? 2 : 1;
                }

                if (end >= line.Length || (end + 1 < line.Length && line[end + 1] != ','))
                {
                    throw EngineException.Invalid($"parse error: a quote in '{line}' is not closed, or text follows it");
                }

                field = line[(position + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);
                position = end + 1;
            }
            else
            {
                int comma = line.IndexOf(',', position);
                int end = comma < 0 ? line.Length : comma;
                field = line[position..end];
                position = end;
            }

            fields.Add(field);
            if (position >= line.Length)
            {
                return fields;
            }

            position++;
        }
    }
}
