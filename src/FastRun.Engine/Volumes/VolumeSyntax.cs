using FastRun.Engine.Errors;

namespace FastRun.Engine.Volumes;

/// <summary>
/// The text form of a mount that <c>-v</c> and the Engine API's Binds share: <c>[source:]target[:options]</c>. A source
/// that starts with a slash is a path of the host; any other is the name of a volume.
/// </summary>
public static class VolumeSyntax
{
    /// <summary>Parses one specification.</summary>
    /// <exception cref="EngineException">It is not one.</exception>
    public static MountRequest Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 3)
        {
            throw Invalid(text);
        }

        foreach (string part in parts)
        {
            if (part.Length == 0)
            {
                throw EngineException.Invalid($"invalid spec: {text}: empty section between colons");
            }
        }

        // "/data:ro" could mean a volume named "data" at "ro"; a target is never a mode.
        if (parts.Length == 2 && IsOptions(parts[1]))
        {
            throw Invalid(text);
        }

        string target = parts.Length == 1 ? parts[0] : parts[1];
        string? source = parts.Length == 1 ? null : parts[0];
        bool bind = source is ['/', ..];
        var mount = new MountRequest
        {
            Kind = bind ? MountKind.Bind : MountKind.Volume,
            Source = source,
            Target = target,
            CreateSource = bind,
            Written = parts.Length == 3 ? parts[2] : "",
        };
        return parts.Length == 3 ? WithOptions(mount, parts[2]) : mount;
    }

    /// <summary>Parses a propagation by its name in mount(8).</summary>
    public static MountPropagation? ParsePropagation(string text) => text switch
    {
        "private" => MountPropagation.Private,
        "rprivate" => MountPropagation.RPrivate,
        "shared" => MountPropagation.Shared,
        "rshared" => MountPropagation.RShared,
        "slave" => MountPropagation.Slave,
        "rslave" => MountPropagation.RSlave,
        _ => null,
    };

    private static MountRequest WithOptions(MountRequest mount, string options)
    {
        bool accessGiven = false;
        bool consistencyGiven = false;
        foreach (string option in options.Split(','))
        {
            MountPropagation? propagation = ParsePropagation(option);
            bool repeated = option switch
            {
                "ro" or "rw" => accessGiven,
                "z" or "Z" => mount.Relabel,
                "nocopy" => mount.NoCopy,
                "consistent" or "cached" or "delegated" => consistencyGiven,
                _ => propagation is null || mount.Propagation is not null,
            };
            bool misplaced = mount.Kind == MountKind.Bind ? option == "nocopy" : propagation is not null;
            if (repeated || misplaced)
            {
                throw EngineException.Invalid($"invalid mode: {options}");
            }

            accessGiven |= option is "ro" or "rw";
            consistencyGiven |= IsConsistency(option);
            mount = mount with
            {
                ReadOnly = mount.ReadOnly || option == "ro",
                Relabel = mount.Relabel || option is "z" or "Z",
                NoCopy = mount.NoCopy || option == "nocopy",
                Propagation = propagation ?? mount.Propagation,
            };
        }

        return mount;
    }

    /// <summary>Words that tell Docker Desktop how its file sharing may lag; on Linux there is no lag to allow.</summary>
    internal static bool IsConsistency(string option) => option is "consistent" or "cached" or "delegated" or "default";

    private static bool IsOptions(string text)
    {
        foreach (string option in text.Split(','))
        {
            if (option is not ("ro" or "rw" or "z" or "Z" or "nocopy") && !IsConsistency(option)
                && ParsePropagation(option) is null)
            {
                return false;
            }
        }

        return true;
    }

    private static EngineException Invalid(string text) => EngineException.Invalid($"invalid volume specification: '{text}'");
}
