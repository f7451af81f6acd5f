using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// A network that CNI plugins make: a file of /etc/cni/net.d, a list of plugins (<c>.conflist</c>) or a single one (<c>.conf</c>,
/// <c>.json</c>). CNI specification 1.0.0, section 1. The file is the administrator's; its size, names and form are checked
/// nonetheless, since paths and an environment are made of them.
/// </summary>
internal sealed class CniNetwork
{
    private const int Largest = 1 << 20;
    private const int MostPlugins = 32;
    private const int MaxDepth = 32;

    /// <summary>Those whose results have one form. Before 0.3.0 there were no lists, and results were others.</summary>
    private static readonly string[] s_versions = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    private CniNetwork(string name, string version, List<CniPlugin> plugins, byte[] source) =>
        (Name, Version, Plugins, Source) = (name, version, plugins, source);

    /// <summary>Its name.</summary>
    internal string Name { get; }

    /// <summary>The version of the specification that its plugins are spoken to in.</summary>
    internal string Version { get; }

    /// <summary>The plugins, in the order in which they are added.</summary>
    internal IReadOnlyList<CniPlugin> Plugins { get; }

    /// <summary>The file's bytes.</summary>
    internal byte[] Source { get; }

    /// <summary>Whether plugins are told the result when they take a container out (from 0.4.0 on).</summary>
    internal bool DeletesWithResult => !Version.StartsWith("0.3", StringComparison.Ordinal);

    /// <summary>Finds a network by its name, in the order of the files' names.</summary>
    /// <exception cref="EngineException">There is none, or its file is malformed.</exception>
    internal static CniNetwork Find(string directory, string name)
    {
        List<string> files = [];
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            if (Path.GetExtension(entry.Text) is ".conflist" or ".conf" or ".json")
            {
                files.Add(entry.Text);
            }
        }

        files.Sort(StringComparer.Ordinal);
        foreach (string file in files)
        {
            string path = Path.Combine(directory, file);
            if (FileContent.TryReadAll(null, path, Largest) is { } source && IsNamed(source, name))
            {
                return Parse(source, path);
            }
        }

        throw new EngineException(
            ErrorKind.NotFound, $"network cni:{name} not found", hint: $"no .conflist or .conf file in {directory} has the name \"{name}\"");
    }

    /// <summary>Reads a file.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="subject">What errors call it.</param>
    /// <exception cref="EngineException">It is malformed, or of a version that is not spoken.</exception>
    internal static CniNetwork Parse(byte[] source, string subject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(source, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            string name = TextOf(root, "name") is { } said && NetworkValidation.IsName(said)
                ? said
                : throw Wrong(subject, "\"name\" is no name of a network: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
            string version = TextOf(root, "cniVersion") ?? "";
            if (Array.IndexOf(s_versions, version) < 0)
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"{subject}: the CNI version '{version}' is not spoken",
                    hint: $"\"cniVersion\" can be {string.Join(", ", s_versions)}");
            }

            List<CniPlugin> plugins = [];
            if (root.TryGetProperty("plugins", out JsonElement list))
            {
                int count = list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
                if (count is 0 or > MostPlugins)
                {
                    throw Wrong(subject, $"\"plugins\" is no list of 1 to {MostPlugins} plugins");
                }

                foreach (JsonElement plugin in list.EnumerateArray())
                {
                    plugins.Add(ReadPlugin(plugin, subject));
                }
            }
            else
            {
                plugins.Add(ReadPlugin(root, subject));
            }

            return new CniNetwork(name, version, plugins, source);
        }
        catch (JsonException)
        {
            throw Wrong(subject, "it is not JSON");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(subject, "a text in it has an escape that is no character");
        }
    }

    /// <summary>Whether a plugin can be told something.</summary>
    internal bool Has(string capability)
    {
        foreach (CniPlugin plugin in Plugins)
        {
            if (plugin.Capabilities.Contains(capability))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(byte[] source, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(source, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object && TextOf(document.RootElement, "name") == name;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Another network's file is in nobody's way.
            return false;
        }
    }

    private static CniPlugin ReadPlugin(JsonElement plugin, string subject)
    {
        if (plugin.ValueKind != JsonValueKind.Object || TextOf(plugin, "type") is not { } type || !NetworkValidation.IsName(type))
        {
            throw Wrong(subject, "a plugin has no \"type\", or one that is no name of a program");
        }

        HashSet<string> capabilities = new(StringComparer.Ordinal);
        if (plugin.TryGetProperty("capabilities", out JsonElement said) && said.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty capability in said.EnumerateObject())
            {
                if (capability.Value.ValueKind == JsonValueKind.True)
                {
                    capabilities.Add(capability.Name);
                }
            }
        }

        return new CniPlugin(type, plugin.Clone(), capabilities);
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static EngineException Wrong(string subject, string why) => EngineException.Invalid($"{subject}: {why}");
}
