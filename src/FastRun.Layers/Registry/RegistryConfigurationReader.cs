using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Registry;

/// <summary>
/// Reads <c>config.json</c>: <c>{"registries": {"docker.io": {"mirrors": ["https://..."], "insecure": true}}, "storageLimit":
/// "20g", "defaultNetwork": "none", "default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}</c>. What is not understood is refused, so that a misspelt key does not go unnoticed.
/// </summary>
internal static class RegistryConfigurationReader
{
    /// <summary>Adds what a file says, if there is one; what was said already is replaced, registry by registry.</summary>
    /// <exception cref="RegistryConfigurationException">The file is malformed.</exception>
    internal static void ReadFile(string path, ConfigurationFiles files)
    {
        string target = Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        if (FileContent.TryReadAll(null, target, StrictJson.MaxSize) is { } json)
        {
            Read(json, path, files);
        }
    }

    /// <summary>Adds what a document says.</summary>
    /// <exception cref="RegistryConfigurationException">It is malformed.</exception>
    internal static void Read(byte[] json, string subject, ConfigurationFiles files)
    {
        try
        {
            StrictJson.Check(json, subject);
        }
        catch (CorruptContentException e)
        {
            throw new RegistryConfigurationException(e.Message, e);
        }

        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
        foreach (JsonProperty section in document.RootElement.EnumerateObject())
        {
            switch (section.Name)
            {
                case "registries":
                    ReadRegistries(section.Value, subject, files.Registries);
                    break;
                case "storageLimit":
                    files.StorageLimit = section.Value.ValueKind switch
                    {
                        JsonValueKind.String => (subject, section.Value.GetString()!),
                        JsonValueKind.Number => (subject, section.Value.GetRawText()),
                        _ => throw Wrong(subject, "\"storageLimit\" is not a size"),
                    };
                    break;
                case "compression":
                    files.Compression = section.Value.ValueKind == JsonValueKind.String
                        ? (subject, section.Value.GetString()!)
                        : throw Wrong(subject, "\"compression\" is not a string");
                    break;
                case "defaultNetwork":
                    files.DefaultNetwork = section.Value.ValueKind == JsonValueKind.String && section.Value.GetString() is { Length: > 0 } name
                        ? name
                        : throw Wrong(subject, "\"defaultNetwork\" is not the name of a network");
                    break;
                case "default-address-pools":
                    files.AddressPools = ReadPools(section.Value, subject);
                    break;
                case "cni":
                    ReadCni(section.Value, subject, files);
                    break;
                default:
                    throw Unknown(subject, "", section.Name);
            }
        }
    }

    private static void ReadCni(JsonElement section, string subject, ConfigurationFiles files)
    {
        foreach (JsonProperty setting in RequireObject(section, subject, "\"cni\"").EnumerateObject())
        {
            switch (setting.Name)
            {
                case "configuration":
                    files.CniDirectory = setting.Value.ValueKind == JsonValueKind.String
                        ? setting.Value.GetString()
                        : throw Wrong(subject, "\"configuration\" of \"cni\" is not a directory");
                    break;
                case "plugins":
                    files.CniPlugins = ReadDirectories(setting.Value) ?? throw Wrong(subject, "\"plugins\" of \"cni\" is not a list of directories");
                    break;
                default:
                    throw Unknown(subject, "cni: ", setting.Name);
            }
        }
    }

    private static List<string>? ReadDirectories(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<string> directories = [];
        foreach (JsonElement directory in list.EnumerateArray())
        {
            if (directory.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            directories.Add(directory.GetString()!);
        }

        return directories.Count > 0 ? directories : null;
    }

    private static List<(string File, string Base, int Size)> ReadPools(JsonElement section, string subject)
    {
        const string key = "\"default-address-pools\"";
        if (section.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(subject, $"{key} is not a list");
        }

        List<(string File, string Base, int Size)> pools = [];
        foreach (JsonElement pool in section.EnumerateArray())
        {
            string? block = null;
            int? size = null;
            foreach (JsonProperty setting in RequireObject(pool, subject, "a pool of " + key).EnumerateObject())
            {
                switch (setting.Name)
                {
                    case "base" when setting.Value.ValueKind == JsonValueKind.String:
                        block = setting.Value.GetString();
                        break;
                    case "size" when setting.Value.ValueKind == JsonValueKind.Number && setting.Value.TryGetInt32(out int length):
                        size = length;
                        break;
                    default:
                        throw Wrong(subject, $"{key}: a pool is {{\"base\": \"ADDRESS/LENGTH\", \"size\": LENGTH}}");
                }
            }

            pools.Add(block is not null && size is { } part
                ? (subject, block, part)
                : throw Wrong(subject, $"{key}: a pool is {{\"base\": \"ADDRESS/LENGTH\", \"size\": LENGTH}}"));
        }

        return pools;
    }

    private static void ReadRegistries(JsonElement section, string subject, Dictionary<string, RegistrySettings> registries)
    {
        foreach (JsonProperty registry in RequireObject(section, subject, "\"registries\"").EnumerateObject())
        {
            if (!ReferenceGrammar.IsRegistry(registry.Name))
            {
                throw Wrong(subject, $"\"registries\": {ReferenceGrammar.Quote(registry.Name)} is not a registry's host");
            }

            registries[registry.Name] = ReadSettings(registry, subject);
        }
    }

    private static RegistrySettings ReadSettings(JsonProperty registry, string subject)
    {
        List<Uri> mirrors = [];
        bool isInsecure = false;
        foreach (JsonProperty setting in RequireObject(registry.Value, subject, registry.Name).EnumerateObject())
        {
            switch (setting.Name)
            {
                case "mirrors" when setting.Value.ValueKind == JsonValueKind.Array:
                    foreach (JsonElement mirror in setting.Value.EnumerateArray())
                    {
                        mirrors.Add(ReadMirror(mirror, subject, registry.Name));
                    }

                    break;
                case "insecure" when setting.Value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    isInsecure = setting.Value.GetBoolean();
                    break;
                case "mirrors":
                    throw Wrong(subject, $"{registry.Name}: \"mirrors\" is not a list");
                case "insecure":
                    throw Wrong(subject, $"{registry.Name}: \"insecure\" is neither true nor false");
                default:
                    throw Unknown(subject, registry.Name + ": ", setting.Name);
            }
        }

        return new RegistrySettings(mirrors, isInsecure);
    }

    private static Uri ReadMirror(JsonElement mirror, string subject, string registry)
    {
        string text = mirror.ValueKind == JsonValueKind.String ? mirror.GetString()! : "";
        bool isAddress = Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;
        string prefix = isAddress ? address!.AbsolutePath.Trim('/') : "";
        return isAddress && (prefix.Length == 0 || ReferenceGrammar.IsRepository(prefix))
            ? address!
            : throw Wrong(
                subject,
                $"{registry}: {ReferenceGrammar.Quote(text)} is not a mirror's address: http[s]://HOST[:PORT][/PREFIX]");
    }

    private static JsonElement RequireObject(JsonElement element, string subject, string what) =>
        element.ValueKind == JsonValueKind.Object ? element : throw Wrong(subject, $"{what} is not an object");

    private static RegistryConfigurationException Unknown(string subject, string where, string key) =>
        Wrong(subject, $"{where}unknown key \"{ReferenceGrammar.Quote(key)}\"");

    private static RegistryConfigurationException Wrong(string subject, string what) => new($"{subject}: {what}");
}
