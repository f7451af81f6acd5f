using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// Where CNI's configuration and plugins are: what the environment says (<c>NETCONFPATH</c> and <c>CNI_PATH</c>, the names that
/// cnitool gives them), else <c>config.json</c>, else where distributions and projects put them.
/// </summary>
/// <param name="ConfigurationDirectory">Where the networks are described.</param>
/// <param name="PluginDirectories">Where programs are looked for, in this order; all absolute.</param>
internal sealed record CniSettings(string ConfigurationDirectory, IReadOnlyList<string> PluginDirectories)
{
    /// <summary>The variables that a supervisor needs of its caller's environment.</summary>
    internal static readonly string[] Variables = ["NETCONFPATH", "CNI_PATH"];

    private const string DefaultDirectory = "/etc/cni/net.d";

    private static readonly string[] s_defaultPlugins = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

    /// <summary>Reads them.</summary>
    /// <exception cref="EngineException">A file cannot be read, or a directory's path is not absolute.</exception>
    internal static CniSettings Load() => Load(Environment.GetEnvironmentVariable, EngineErrors.Translated(ConfigurationFiles.Load));

    internal static CniSettings Load(Func<string, string?> environment, ConfigurationFiles files)
    {
        string directory = environment(Variables[0]) is { Length: > 0 } said ? said : files.CniDirectory ?? DefaultDirectory;
        IReadOnlyList<string> plugins = environment(Variables[1]) is { Length: > 0 } path
            ? path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            : files.CniPlugins ?? s_defaultPlugins;
        foreach (string each in (string[])[directory, .. plugins])
        {
            if (!Path.IsPathRooted(each) || each.Contains(':', StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"CNI: {each} is no absolute path of a directory");
            }
        }

        return new CniSettings(directory, plugins);
    }

    /// <summary>The program of a plugin.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    internal static string FindPlugin(IReadOnlyList<string> directories, string type)
    {
        foreach (string directory in directories)
        {
            string path = Path.Combine(directory, type);
            using Fd? file = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out _);
            if (file is not null && FileAt.Stat(file) is { Type: FileType.Regular } status && (status.Mode & 0x49) != 0)
            {
                return path;
            }
        }

        throw new EngineException(
            ErrorKind.NotFound,
            $"CNI plugin {type} not found in {string.Join(':', directories)}",
            hint: "install it (on Debian: containernetworking-plugins), or say where it is: \"cni\": {\"plugins\": [...]} in config.json, or CNI_PATH");
    }
}
