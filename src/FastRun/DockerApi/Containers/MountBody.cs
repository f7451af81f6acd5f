using System.Text.Json;
using FastRun.Engine.Volumes;

namespace FastRun.DockerApi.Containers;

/// <summary>A mount of a client's request (Engine API, Mount).</summary>
internal static class MountBody
{
    internal static MountRequest Read(JsonElement mount)
    {
        string target = mount.Text("Target") ?? throw ApiException.Invalid("invalid mount config: field Target must not be empty");
        MountRequest common = new() { Kind = MountKind.Bind, Target = target, ReadOnly = mount.Flag("ReadOnly") };
        return mount.Text("Type") switch
        {
            "bind" => Bind(common, mount),
            "volume" => Volume(common, mount),
            "tmpfs" => Tmpfs(common, mount),
            null => throw ApiException.Invalid("invalid mount config: mount type unknown: \"\""),
            var type => throw ApiException.Invalid($"invalid mount config for type \"{type}\": mount type unknown"),
        };
    }

    private static MountRequest Bind(MountRequest common, JsonElement mount)
    {
        JsonElement options = mount.Object("BindOptions");
        if (options.Flag("ReadOnlyForceRecursive") && !common.ReadOnly)
        {
            throw ApiException.Invalid("mount options conflict: ReadOnlyForceRecursive requires ReadOnly");
        }

        return common with
        {
            Source = mount.Text("Source") ?? throw ApiException.Invalid("invalid mount config for type \"bind\": field Source must not be empty"),
            Propagation = options.Text("Propagation") is { } propagation
                ? VolumeSyntax.ParsePropagation(propagation) ?? throw ApiException.Invalid($"invalid propagation mode: {propagation}")
                : null,
            NonRecursive = options.Flag("NonRecursive"),
            WritableSubmounts = options.Flag("ReadOnlyNonRecursive"),
            CreateSource = options.Flag("CreateMountpoint"),
        };
    }

    private static MountRequest Volume(MountRequest common, JsonElement mount)
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
            Subpath = options.Text("Subpath"),
            VolumeLabels = options.Map("Labels") is { Count: > 0 } labels ? labels : null,
            VolumeOptions = driver.Map("Options") is { Count: > 0 } given ? given : null,
        };
    }

    private static MountRequest Tmpfs(MountRequest common, JsonElement mount)
    {
        JsonElement options = mount.Object("TmpfsOptions");
        if (mount.Text("Source") is not null)
        {
            throw ApiException.Invalid("invalid mount config for type \"tmpfs\": field Source must not be specified");
        }

        if (options.Value("Options") is { } words && words.GetArrayLength() > 0)
        {
            throw ApiException.NotImplemented("TmpfsOptions.Options is not supported: use HostConfig.Tmpfs");
        }

        return common with
        {
            Kind = MountKind.Tmpfs,
            TmpfsSizeBytes = options.NumberUnlessZero("SizeBytes"),
            TmpfsMode = (int?)options.NumberUnlessZero("Mode"),
        };
    }
}
