using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Snapshots;

/// <summary>A tree as lines of text, one per name, with all that an image defines of it; equal trees have equal listings.</summary>
internal static class TreeListing
{
    /// <param name="root">The tree.</param>
    /// <param name="timeless">Paths whose time is not compared.</param>
    internal static List<string> Of(Fd root, params string[] timeless)
    {
        List<string> lines = [];
        Dictionary<(ulong, ulong), string> firstNames = [];
        Walk(root, "", lines, firstNames, [.. timeless]);
        return lines;
    }

    private static void Walk(
        Fd directory,
        string path,
        List<string> lines,
        Dictionary<(ulong, ulong), string> firstNames,
        HashSet<string> timeless)
    {
        foreach (DirectoryEntry entry in DirectoryContent.Read(directory)
            .OrderBy(static entry => entry.Text, StringComparer.Ordinal))
        {
            string name = path + "/" + entry.Text;
            FileStatus status = FileAt.Stat(directory, entry.Name);
            string time = timeless.Contains(name)
                ? "-"
                : string.Create(CultureInfo.InvariantCulture, $"{status.Modified.Seconds}.{status.Modified.Nanoseconds:D9}");
            string attributes = string.Join(',', Overlay.ReadAttributes(directory, entry.Name)
                .OrderBy(static attribute => attribute.Name, StringComparer.Ordinal)
                .Select(static attribute => $"{attribute.Name}={Convert.ToHexString(attribute.Value)}"));
            string line = $"{name} {status.Type} {Convert.ToString(status.Permissions, 8)} {status.Uid}:{status.Gid} {time} [{attributes}]";
            if (!status.IsDirectory && status.LinkCount > 1)
            {
                string first = firstNames.TryAdd((status.Device, status.Inode), name)
                    ? name
                    : firstNames[(status.Device, status.Inode)];
                line += $" same as {first}";
            }

            lines.Add(line + Content(directory, entry.Name, status));
            if (status.IsDirectory)
            {
                using Fd below = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.Directory);
                Walk(below, name, lines, firstNames, timeless);
            }
        }
    }

    private static string Content(Fd directory, byte[] name, FileStatus status)
    {
        switch (status.Type)
        {
            case FileType.Regular:
                using (Fd file = FileAt.Open(directory, name, OpenFlags.Read))
                {
                    byte[] content = FileContent.ReadAll(file, 64 << 20);
                    return $" {content.Length} {Convert.ToHexString(SHA256.HashData(content))[..16]}";
                }

            case FileType.SymbolicLink:
                return " -> " + LayerPath.ToText(FileAt.ReadLink(directory, name));
            case FileType.CharacterDevice or FileType.BlockDevice:
                return $" {status.Node}";
            default:
                return "";
        }
    }
}
