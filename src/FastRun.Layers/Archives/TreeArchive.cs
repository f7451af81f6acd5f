using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>Trees to tars, tars to trees, and trees to trees, whoever may be changing the trees meanwhile.</summary>
public static class TreeArchive
{
    private const ResolveFlags Below = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks;
    private const ResolveFlags InRoot = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;
    private const int BlockSize = 512;

    /// <summary>Writes a file or directory as a tar.</summary>
    /// <param name="top">The file or directory (O_PATH).</param>
    /// <param name="name">What the tar calls it; <c>.</c> for a directory whose content has no directory of its own.</param>
    /// <param name="output">Where the tar goes.</param>
    /// <param name="selection">What is left out.</param>
    /// <exception cref="LayerException">A file was changed meanwhile.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    public static void Pack(Fd top, string name, Stream output, TreeSelection selection) => Pack([(top, name)], output, selection);

    /// <summary>Writes files or directories as one tar.</summary>
    /// <param name="tops">They, and what the tar calls them. The other parameters as above.</param>
    /// <param name="output">Where the tar goes.</param>
    /// <param name="selection">What is left out.</param>
    public static void Pack(IEnumerable<(Fd Top, string Name)> tops, Stream output, TreeSelection selection)
    {
        TarWriter writer = new(output);
        foreach ((Fd top, string name) in tops)
        {
            new TreeReader(writer.Add, selection).Read(top, Encoding.UTF8.GetBytes(name));
        }

        writer.Complete();
    }

    /// <summary>Names the files below a directory, in the order of their names, each directory before what is in it.</summary>
    /// <param name="top">The directory (O_PATH).</param>
    /// <param name="modified">When each was modified; null for its own time.</param>
    /// <param name="sink">Takes each one; devices, pipes and sockets are left out.</param>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    public static void List(Fd top, FileTime? modified, Action<TreeEntry> sink) => new TreeReader(
        (entry, _) =>
        {
            if (entry is { Type: EntryType.File or EntryType.Directory or EntryType.SymbolicLink or EntryType.HardLink, Path: not [(byte)'.'] })
            {
                sink(entry);
            }
        },
        new TreeSelection { Sorted = true, Modified = modified }).Read(top, [(byte)'.']);

    /// <summary>Makes the files of a tar, which may be compressed with gzip, zstd, bzip2 or xz, below a directory.</summary>
    /// <param name="tar">Where the tar is read from, to its end.</param>
    /// <param name="root">The root in which paths are resolved: links of the tree lead anywhere in it, and never out.</param>
    /// <param name="directory">The directory in it.</param>
    /// <param name="target">How entries become files.</param>
    /// <exception cref="LayerException">The tar is damaged, exceeds a limit, or an entry cannot stand where it says.</exception>
    /// <exception cref="SyscallException">Something cannot be made.</exception>
    public static void Unpack(Fd tar, Fd root, string directory, TreeTarget target)
    {
        using LayerBuffers buffers = new();
        using TarInput input = new(
            Decompression.OpenArchive(new DescriptorReadStream(tar), buffers), new UnpackAllowance(target.MostBytes), algorithm: null, buffers);
        using TreeWriter writer = new(root, Encoding.UTF8.GetBytes(directory), InRoot, target);
        TarReader reader = new(input, index: null, new LayerLimits());
        try
        {
            while (reader.TryReadNext(out LayerEntry entry))
            {
                writer.Add(TreeEntry.Of(in entry), reader.CopyContent);
            }
        }
        catch (InvalidDataException e)
        {
            throw new LayerException(LayerErrorKind.Malformed, "the compressed data is damaged", e);
        }
        catch (EndOfStreamException e)
        {
            throw new LayerException(LayerErrorKind.Truncated, "the compressed data ends too early", e);
        }

        writer.Complete();
    }

    /// <summary>Whether a file is a tar, which may be compressed with gzip, zstd, bzip2 or xz. Its position is at the beginning afterwards.</summary>
    public static bool IsTar(Fd file)
    {
        try
        {
            FileContent.Seek(file, 0);
            using LayerBuffers buffers = new();
            using LayerDecoder decoder = Decompression.OpenArchive(new DescriptorReadStream(file), buffers);

            // Its beginning decides: what breaks off later is a tar that breaks off.
            byte[] start = new byte[decoder.HistorySize + BlockSize + decoder.Slack];
            int length = 0;
            int read;
            while (length < BlockSize && (read = decoder.Read(start, length)) > 0)
            {
                length += read;
            }

            return length >= BlockSize && HasEntry(start);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return false;
        }
        finally
        {
            FileContent.Seek(file, 0);
        }
    }

    private static bool HasEntry(ReadOnlySpan<byte> start)
    {
        TarBlock block = new(start);
        return !block.IsZero && block.HasValidChecksum();
    }

    /// <summary>Copies a file or directory.</summary>
    /// <param name="top">The file or directory (O_PATH).</param>
    /// <param name="name">What it is called in the target; <c>.</c> to copy a directory's content.</param>
    /// <param name="selection">What is left out.</param>
    /// <param name="directory">The directory to copy to: no link below it is followed.</param>
    /// <param name="target">How it is made there.</param>
    /// <returns>How many bytes its tar would have.</returns>
    /// <exception cref="LayerException">Something cannot stand where it would come to be.</exception>
    /// <exception cref="SyscallException">Something cannot be read or made.</exception>
    public static long Copy(Fd top, string name, TreeSelection selection, Fd directory, TreeTarget target)
    {
        long bytes = 2 * BlockSize;
        using TreeWriter writer = new(directory, [], Below, target);
        TreeReader reader = new(
            (entry, content) =>
            {
                bytes += BlockSize + ((entry.Size + BlockSize - 1) & -BlockSize);
                writer.Add(entry, content is null ? null : file => FileCopy.Content(content, file));
            },
            selection);
        reader.Read(top, Encoding.UTF8.GetBytes(name));
        writer.Complete();
        return bytes;
    }
}
