using System.Text;
using System.Text.Json;
using FastRun.Engine.Volumes;

namespace FastRun.DockerApi.Containers;

/// <summary>A mount of a client's request (Engine API, Mount).</summary>
internal static class MountBody
{
    private static readonly string[] s_options = ["BindOptions", "VolumeOptions", "TmpfsOptions", "ImageOptions", "ClusterOptions"];

    internal static MountRequest Read(JsonElement mount, ApiVersion version)
    {
        string target = mount.Text("Target") ?? throw ApiException.Invalid("invalid mount config: field Target must not be empty");
        MountRequest common = new() { Kind = MountKind.Bind, Target = target, ReadOnly = mount.Flag("ReadOnly") };
        string? type = mount.Text("Type");
        foreach (string options in s_options)
        {
            if (version >= new ApiVersion(42) && mount.Value(options) is not null && !options.Equals(type + "Options", System.StringComparison.OrdinalIgnoreCase))
            {
                throw ApiException.Invalid($"invalid mount config for type \"{type}\": field {options} must not be specified");
            }
        }

        return type switch
        {
            "bind" => Bind(common, mount, version),
            "volume" => Volume(common, mount, version),
            "tmpfs" => Tmpfs(common, mount, version),
            null => throw ApiException.Invalid("invalid mount config: mount type unknown: \"\""),
            "image" or "npipe" or "cluster" => throw ApiException.NotImplemented($"mounts of the type {type} are not supported"),
            _ => throw ApiException.Invalid($"invalid mount config for type \"{type}\": mount type unknown"),
        };
    }

    private static MountRequest Bind(MountRequest common, JsonElement mount, ApiVersion version)
    {
        JsonElement options = mount.Object("BindOptions");
        if (version >= new ApiVersion(44) && options.Flag("ReadOnlyForceRecursive") && !common.ReadOnly)
        {
            throw ApiException.Invalid("mount options conflict: ReadOnlyForceRecursive requires ReadOnly");
        }

        return common with
        {
            Source = mount.Text("Source") ?? throw ApiException.Invalid("invalid mount config for type \"bind\": field Source must not be empty"),
            Propagation = options.Text("Propagation") is { } propagation
                ? VolumeSyntax.ParsePropagation(propagation) ?? throw ApiException.Invalid($"invalid propagation mode: {propagation}")
                : null,
            NonRecursive = version >= new ApiVersion(40) && options.Flag("NonRecursive"),
            WritableSubmounts = version < new ApiVersion(44) ? common.ReadOnly : options.Flag("ReadOnlyNonRecursive"),
            CreateSource = version >= new ApiVersion(42) && options.Flag("CreateMountpoint"),
        };
    }

    private static MountRequest Volume(MountRequest common, JsonElement mount, ApiVersion version)
    {
        JsonElement options = mount.Object("VolumeOptions");
        JsonElement driver = options.Object("DriverConfig");
        if (driver.Text("Name") is { } name and not "local")
        {
            throw ApiException.NotImplemented($"the volume driver {name} is not supported");
        }

        return common with
        {
            Kind = MountKind.Volume,
            Source = mount.Text("Source"),
            NoCopy = options.Flag("NoCopy"),
            Subpath = version >= new ApiVersion(45) ? options.Text("Subpath") : null,
            VolumeLabels = options.Map("Labels") is { Count: > 0 } labels ? labels : null,
            VolumeOptions = driver.Map("Options") is { Count: > 0 } given ? given : null,
        };
    }

    private static MountRequest Tmpfs(MountRequest common, JsonElement mount, ApiVersion version)
    {
        JsonElement options = mount.Object("TmpfsOptions");
        if (mount.Text("Source") is not null)
        {
            throw ApiException.Invalid("invalid mount config for type \"tmpfs\": field Source must not be specified");
        }

        return common with
        {
            Kind = MountKind.Tmpfs,
            TmpfsSizeBytes = options.NumberUnlessZero("SizeBytes"),
            TmpfsMode = (int?)options.NumberUnlessZero("Mode"),
            TmpfsOptions = version >= new ApiVersion(46) ? TmpfsSyntax.Parse("/:" + Words(options)).TmpfsOptions : "",
        };
    }

    /// <summary>The options of a tmpfs since 1.46: each a list of a name and perhaps a value.</summary>
    private static string Words(JsonElement options)
    {
        StringBuilder text = new();
        foreach (JsonElement option in options.Value("Options") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default)
        {
            if (option.ValueKind != JsonValueKind.Array || option.GetArrayLength() is not (1 or 2))
            {
                throw ApiException.Invalid("invalid tmpfs option: a name and perhaps a value are expected");
            }

            char separator = ',';
            foreach (JsonElement word in option.EnumerateArray())
            {
                string? part = word.ValueKind == JsonValueKind.String ? word.GetString() : null;
                if (string.IsNullOrEmpty(part) || part.Contains(',', System.StringComparison.Ordinal))
                {
                    throw ApiException.Invalid("invalid tmpfs option: a name and perhaps a value are expected");
                }

                text.Append(separator).Append(part);
                separator = '=';
            }
        }

        return text.ToString();
    }
}
