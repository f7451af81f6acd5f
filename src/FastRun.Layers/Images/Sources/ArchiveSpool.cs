using System;
using System.IO;
using System.Threading;
using FastRun.Layers.Archives;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Layers.Images.Sources;

/// <summary>
/// Makes what must be read more than once a regular file: pipes and downloads, and what is compressed. The copies have no name, so a
/// kill leaves nothing of them.
/// </summary>
/// <param name="layout">Where they are made.</param>
/// <param name="subject">What messages call the archive.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class ArchiveSpool(StateLayout layout, string subject, CancellationToken cancellation)
{
    private const int OwnerFile = 0b_110_000_000;
    private const int OwnerOnly = 0b_111_000_000;
    private const int BufferSize = 1 << 20;
    private const int MagicSize = 6;
    private const int PollMilliseconds = 200;

    /// <summary>The archive as a regular file: itself, or a copy.</summary>
    /// <exception cref="ImageNotFoundException">It is a directory.</exception>
    internal Fd ToFile(Fd input)
    {
        FileStatus status = FileAt.Stat(input);
        if (status.Type == FileType.Regular)
        {
            return Reopen(input);
        }

        if (status.IsDirectory)
        {
            throw new ImageNotFoundException(subject, "is a directory, not an archive");
        }

        using DescriptorReadStream stream = new(input);
        using PollSet poll = new();
        int entry = poll.Add(input.Number, PollEvents.Readable);
        return ToFile(stream, () =>
        {
            // Whoever writes to the pipe may be slow, and a signal must not wait for it.
            do
            {
                cancellation.ThrowIfCancellationRequested();
                poll.Wait(PollMilliseconds);
            }
            while (poll.Ready(entry) == PollEvents.None);
        });
    }

    /// <summary>A copy of a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="wait">Called before each read.</param>
    internal Fd ToFile(Stream stream, Action? wait = null)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        return Fill(file =>
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                wait?.Invoke();
                int count = stream.Read(buffer);
                if (count == 0)
                {
                    return;
                }

                FileContent.Write(file, buffer.AsSpan(0, count));
            }
        });
    }

    /// <summary>The uncompressed bytes of a regular file: the file itself where they are not compressed.</summary>
    /// <exception cref="LayerException">It is compressed with something else than gzip or zstd, is damaged, or too large for its size.</exception>
    internal Fd Decompressed(Fd file)
    {
        byte[] start = new byte[MagicSize];
        int length = FileContent.ReadAt(file, start, 0);
        if (Decompression.Detect(start.AsSpan(0, length)) == CompressionKind.None)
        {
            return Reopen(file);
        }

        try
        {
            using LayerBuffers buffers = new();
            using Fd source = Reopen(file);
            UnpackAllowance allowance = new(new LayerLimits().BytesFor(FileAt.Stat(file).Size));
            using DescriptorReadStream stream = new(source);
            using TarInput input = new(Decompression.Open(stream, buffers, cancellation), allowance, algorithm: null, buffers);
            return Fill(target =>
            {
                ReadOnlySpan<byte> bytes;
                while (!(bytes = input.Peek()).IsEmpty)
                {
                    cancellation.ThrowIfCancellationRequested();
                    FileContent.Write(target, bytes);
                    input.Advance(bytes.Length);
                }
            });
        }
        catch (Exception e) when (Translate(subject, e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The same file with a position of its own, at its beginning.</summary>
    internal static Fd Reopen(Fd file) =>
        FileAt.Open(null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file.Number}"), OpenFlags.Read);

    /// <summary>What the failure of a decompression means to whoever brought the data; null for any other.</summary>
    internal static LayerException? Translate(string subject, Exception exception) => exception switch
    {
        LayerException e => new LayerException(e.Kind, $"{subject}: {e.Message}", e),
        EndOfStreamException => new LayerException(LayerErrorKind.Truncated, $"{subject}: the compressed data ends too early", exception),
        InvalidDataException => new LayerException(LayerErrorKind.Malformed, $"{subject}: the compressed data is damaged", exception),
        _ => null,
    };

    private Fd Fill(Action<Fd> fill)
    {
        FileAt.MakeDirectories(null, layout.Staging, OwnerOnly);
        Fd file = FileAt.TryOpen(
            null, layout.Staging, OpenFlags.ReadWrite | OpenFlags.Unnamed, OwnerFile, ResolveFlags.None, out Errno errno)
            ?? (errno is Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL
                ? Unlinked()
                : throw new SyscallException("openat2", errno, layout.Staging));
        try
        {
            fill(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Where the file system has no files without a name.</summary>
    private Fd Unlinked()
    {
        string path = Path.Combine(layout.Staging, AtomicFile.TemporaryPrefix + Guid.NewGuid().ToString("N"));
        Fd file = FileAt.Open(
            null, path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, OwnerFile);
        FileAt.TryUnlink(null, path);
        return file;
    }
}
