using System;
using System.IO;
using FastRun.Layers.Pipeline.Tar;

namespace FastRun.Layers.Archives;

/// <summary>Writes a tar, entry by entry, for who reads them from an archive of another form.</summary>
/// <param name="output">Takes the tar.</param>
public sealed class ArchiveWriter(Stream output)
{
    private readonly TarWriter _tar = new(output);

    /// <summary>Writes an entry.</summary>
    /// <param name="entry">What it is.</param>
    /// <param name="content">Writes exactly as many bytes as the entry's size.</param>
    public void Add(ArchiveEntry entry, Action<Stream> content)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(content);
        _tar.Add(entry.ToTree(), content);
    }

    /// <summary>Writes the end.</summary>
    public void Complete() => _tar.Complete();
}
