using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers.Registry;

namespace FastRun.Layers;

/// <summary>
/// What <c>/etc/fastrun/config.json</c> says, and the user's <c>$XDG_CONFIG_HOME/fastrun/config.json</c> over it. Read only where
/// images are brought or collected, and where a container asks for no network.
/// </summary>
public sealed class ConfigurationFiles
{
    private const string SystemFile = "/etc/fastrun/config.json";

    /// <summary>The most that images may occupy: the file that says so last, and the size as it stands there.</summary>
    public (string File, string Size)? StorageLimit { get; internal set; }

    /// <summary>How layers are compressed that are pushed: the file that says so last, and the words as they stand there.</summary>
    public (string File, string Compression)? Compression { get; internal set; }

    /// <summary>The network of containers that ask for none; null where no file says so.</summary>
    public string? DefaultNetwork { get; internal set; }

    /// <summary>Blocks of addresses that networks get their subnets from: the file, the block, the prefix length of each subnet.</summary>
    public List<(string File, string Base, int Size)> AddressPools { get; internal set; } = [];

    /// <summary>Where CNI networks are described; null where no file says so.</summary>
    public string? CniDirectory { get; internal set; }

    /// <summary>Where CNI plugins are, in the order in which they are looked for; null where no file says so.</summary>
    public IReadOnlyList<string>? CniPlugins { get; internal set; }

    /// <summary>Registries by the name that references give them.</summary>
    internal Dictionary<string, RegistrySettings> Registries { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads both.</summary>
    /// <exception cref="RegistryConfigurationException">A file is malformed.</exception>
    /// <exception cref="Native.SyscallException">A file cannot be read.</exception>
    public static ConfigurationFiles Load() => Load(SystemFile, Environment.GetEnvironmentVariable);

    internal static ConfigurationFiles Load(string systemFile, Func<string, string?> environment)
    {
        ConfigurationFiles files = new();
        RegistryConfigurationReader.ReadFile(systemFile, files);
        if (UserDirectory(environment) is { } user)
        {
            RegistryConfigurationReader.ReadFile(Path.Combine(user, "fastrun/config.json"), files);
        }

        return files;
    }

    /// <summary>Where the user's configuration is.</summary>
    internal static string? UserDirectory(Func<string, string?> environment) =>
        environment("XDG_CONFIG_HOME") is { Length: > 0 } own && Path.IsPathRooted(own) ? own
        : environment("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".config")
        : null;
}
