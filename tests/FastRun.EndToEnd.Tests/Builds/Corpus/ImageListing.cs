using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>
/// What is in an archive of <c>docker save</c>, in lines that do not depend on who wrote it: the settings, the history, and the
/// files that all layers together make.
/// </summary>
internal sealed class ImageListing
{
    /// <summary>The time of all files of a context, in seconds since 1970.</summary>
    internal const long ContextTime = 1_000_000_000;

    /// <summary>What is older was given its time on purpose; all else is as old as the build.</summary>
    private static readonly DateTimeOffset s_recent = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly UTF8Encoding s_text = new(false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, Node> _files = new(StringComparer.Ordinal);
    private readonly JsonObject _config;
    private readonly IReadOnlyList<string> _diffIds;

    private sealed record Node(string Text, string Content, string Time);

    /// <summary>Reads one image of an archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="name">Its name in the archive; null for the only one.</param>
    internal ImageListing(string archive, string? name = null)
    {
        Dictionary<string, byte[]> entries = Entries(archive);
        JsonNode manifest = JsonNode.Parse(entries["manifest.json"])!.AsArray()
            .First(image => name is null || (image!["RepoTags"]?.AsArray().Any(tag => tag!.ToString() == name) ?? false))!;
        _config = JsonNode.Parse(entries[manifest["Config"]!.ToString()])!.AsObject();
        _diffIds = [.. _config["rootfs"]?["diff_ids"]?.AsArray().Select(static id => id!.ToString()) ?? []];
        foreach (JsonNode? layer in manifest["Layers"]?.AsArray() ?? [])
        {
            Apply(entries[layer!.ToString()]);
        }
    }

    /// <summary>The lines.</summary>
    /// <param name="bases">Images that it may be built upon: only what is different counts then.</param>
    /// <param name="changing">Files whose content is not shown.</param>
    internal IReadOnlyList<string> Lines(IReadOnlyList<ImageListing> bases, IReadOnlySet<string> changing)
    {
        ImageListing? below = bases.Where(image => image._diffIds.Count > 0 && _diffIds.Take(image._diffIds.Count).SequenceEqual(image._diffIds))
            .MaxBy(static image => image._diffIds.Count);
        List<string> lines = [.. Settings(), .. History(below)];
        foreach ((string path, Node node) in _files.Where(static file => file.Key != "/."))
        {
            if (below is null || !below._files.TryGetValue(path, out Node? before) || before != node)
            {
                lines.Add($"file {Shown(path)} {node.Text}{(changing.Contains(path) ? "" : node.Content + node.Time)}");
            }
        }

        foreach (string path in below?._files.Keys.AsEnumerable() ?? [])
        {
            if (!_files.ContainsKey(path) && path != "/.")
            {
                lines.Add($"gone {Shown(path)}");
            }
        }

        return lines;
    }

    /// <summary>Without <c>ArgsEscaped</c>, which BuildKit sets with every CMD and which means something on Windows alone.</summary>
    private IEnumerable<string> Settings()
    {
        if (_config["author"] is { } author && author.ToString().Length > 0)
        {
            yield return "author " + author;
        }

        foreach ((string key, JsonNode? value) in (_config["config"] as JsonObject ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            switch (value)
            {
                case var _ when key == "ArgsEscaped":
                case null or JsonArray { Count: 0 } or JsonObject { Count: 0 }:
                    break;
                case JsonArray list when key == "Env":
                    foreach (JsonNode? variable in list)
                    {
                        yield return "env " + Shown(variable!.ToString());
                    }

                    break;
                case JsonObject set:
                    foreach ((string name, JsonNode? item) in set.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                    {
                        if (item is not JsonValue { } number || number.ToString() != "0")
                        {
                            yield return $"config {key} {Shown(name)} {item?.ToJsonString(s_json)}";
                        }
                    }

                    break;
                case JsonValue text when text.ToString() is "" or "false":
                    break;
                default:
                    yield return $"config {key} {value.ToJsonString(s_json)}";
                    break;
            }
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions s_json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private IEnumerable<string> History(ImageListing? below)
    {
        int known = (below?._config["history"] as JsonArray)?.Count ?? 0;
        if (below is not null && known == 0)
        {
            // What is said of layers that have no history is nobody's.
            return [];
        }

        return (_config["history"] as JsonArray ?? []).Skip(known).Select(static entry => "history " + Shown(entry!["created_by"]?.ToString() ?? ""));
    }

    private static Dictionary<string, byte[]> Entries(string archive)
    {
        Dictionary<string, byte[]> entries = [];
        Dictionary<string, string> links = [];
        using FileStream stream = File.OpenRead(archive);
        using TarReader reader = new(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                string target = entry.EntryType == TarEntryType.HardLink ? entry.LinkName : Path.Combine("/", Path.GetDirectoryName(entry.Name)!, entry.LinkName);
                links[entry.Name] = Path.GetFullPath("/" + target)[1..];
            }
            else if (entry.DataStream is { } data)
            {
                entries[entry.Name] = Bytes(data);
            }
        }

        foreach ((string name, string target) in links)
        {
            if (entries.TryGetValue(target, out byte[]? content))
            {
                entries[name] = content;
            }
        }

        return entries;
    }

    private static byte[] Bytes(Stream data)
    {
        using MemoryStream copy = new();
        data.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Lays a layer upon those before it.</summary>
    private void Apply(byte[] layer)
    {
        List<TarEntry> entries = [];
        Dictionary<TarEntry, byte[]> contents = [];
        using (TarReader reader = new(new MemoryStream(layer)))
        {
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                entries.Add(entry);
                contents[entry] = entry.DataStream is { } data ? Bytes(data) : [];
            }
        }

        foreach (TarEntry entry in entries)
        {
            string path = PathOf(entry.Name);
            string name = path[(path.LastIndexOf('/') + 1)..];
            string directory = path[..^name.Length];
            if (name == ".wh..wh..opq")
            {
                Remove(directory.TrimEnd('/'), itself: false);
            }
            else if (name.StartsWith(".wh.", StringComparison.Ordinal))
            {
                Remove(directory + name[4..], itself: true);
            }
        }

        Dictionary<string, List<string>> names = [];
        foreach (TarEntry entry in entries)
        {
            string path = PathOf(entry.Name);
            if (path[(path.LastIndexOf('/') + 1)..].StartsWith(".wh.", StringComparison.Ordinal))
            {
                continue;
            }

            if (entry.EntryType == TarEntryType.HardLink)
            {
                string target = PathOf(entry.LinkName);
                Node node = _files[target];
                Remove(path, itself: true);
                _files[path] = node;
                (names.TryGetValue(target, out List<string>? list) ? list : names[target] = [target]).Add(path);
                continue;
            }

            if (entry.EntryType != TarEntryType.Directory)
            {
                Remove(path, itself: true);
            }
            else if (_files.TryGetValue(path, out Node? before) && !before.Text.StartsWith("directory", StringComparison.Ordinal))
            {
                Remove(path, itself: true);
            }

            _files[path] = Describe(entry, contents[entry]);
        }

        foreach (List<string> same in names.Values)
        {
            same.Sort(StringComparer.Ordinal);
            same.ForEach(path => _files[path] = _files[path] with { Content = _files[path].Content + $" = {same[0]}" });
        }
    }

    private void Remove(string path, bool itself)
    {
        foreach (string below in _files.Keys.Where(name => name.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            _files.Remove(below);
        }

        if (itself)
        {
            _files.Remove(path);
        }
    }

    private static string PathOf(string name) => Path.GetFullPath("/" + name).TrimEnd('/') is { Length: > 0 } path ? path : "/.";

    private static Node Describe(TarEntry entry, byte[] content)
    {
        StringBuilder text = new(entry.EntryType switch
        {
            TarEntryType.Directory => "directory",
            TarEntryType.SymbolicLink => $"link {Shown(entry.LinkName)}",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo => entry.EntryType.ToString(),
            _ => "regular",
        });
        if (entry.EntryType != TarEntryType.SymbolicLink)
        {
            text.Append(' ').Append(Convert.ToString((int)entry.Mode & 0xFFF, 8));
        }

        text.Append(CultureInfo.InvariantCulture, $" {entry.Uid}:{entry.Gid}");
        foreach ((string key, string value) in ((entry as PaxTarEntry)?.ExtendedAttributes ?? new Dictionary<string, string>()).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (key.StartsWith("SCHILY.xattr.", StringComparison.Ordinal))
            {
                text.Append(' ').Append(key["SCHILY.xattr.".Length..]).Append('=').Append(Shown(value));
            }
        }

        bool isFile = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile;
        string time = entry.ModificationTime < s_recent ? $" @{entry.ModificationTime.ToUnixTimeSeconds()}" : "";
        return new Node(text.ToString(), isFile ? " " + Shown(content) : "", time);
    }

    /// <summary>Short texts as they are, others as their length and digest.</summary>
    private static string Shown(byte[] content)
    {
        try
        {
            if (content.Length <= 2000)
            {
                return Shown(s_text.GetString(content), always: true);
            }
        }
        catch (DecoderFallbackException)
        {
            // No text.
        }

        return string.Create(CultureInfo.InvariantCulture, $"{content.Length} bytes {Convert.ToHexStringLower(SHA256.HashData(content))[..16]}");
    }

    private static string Shown(string text, bool always = false)
    {
        StringBuilder shown = new();
        foreach (char c in text)
        {
            shown.Append(c switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\\' => "\\\\",
                '"' when always => "\\\"",
                _ when char.IsControl(c) || c == '\uFFFD' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return always ? $"\"{shown}\"" : shown.ToString();
    }
}
