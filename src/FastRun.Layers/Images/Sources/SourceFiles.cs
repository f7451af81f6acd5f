using System;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>The files of an image layout or archive, by relative name. Names and contents are a stranger's.</summary>
internal abstract class SourceFiles : IDisposable
{
    /// <summary>What to call the layout or archive in an error.</summary>
    internal abstract string Subject { get; }

    /// <summary>
    /// Opens a regular file; null where there is none of that name. The stream knows its length, belongs to the caller, and
    /// is independent of other streams.
    /// </summary>
    internal abstract Stream? TryOpen(string name);

    /// <summary>Opens a file.</summary>
    /// <exception cref="CorruptContentException">There is no such file.</exception>
    internal Stream Open(string name) =>
        TryOpen(name) ?? throw new CorruptContentException(Subject, $"{ReferenceGrammar.Quote(name)} is missing");

    /// <summary>The length of a regular file; null where there is none of that name.</summary>
    internal long? TryGetSize(string name)
    {
        using Stream? stream = TryOpen(name);
        return stream?.Length;
    }

    /// <summary>Reads a whole file; null where there is none of that name.</summary>
    /// <exception cref="CorruptContentException">It is longer than <paramref name="limit"/>, or ends early.</exception>
    internal byte[]? TryRead(string name, int limit)
    {
        using Stream? stream = TryOpen(name);
        if (stream is null)
        {
            return null;
        }

        long size = stream.Length;
        if (size > limit)
        {
            throw new CorruptContentException(
                Subject, $"{ReferenceGrammar.Quote(name)} is larger than {limit >> 20} MiB");
        }

        byte[] content = new byte[size];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length == content.Length
            ? content
            : throw new CorruptContentException(
                Subject, $"{ReferenceGrammar.Quote(name)} is truncated: {length} of {size} bytes");
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
