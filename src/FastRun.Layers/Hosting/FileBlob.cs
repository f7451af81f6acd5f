using System;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <summary>A blob in a file.</summary>
internal sealed class FileBlob(Fd file) : HostedBlob
{
    public override long Size { get; } = FileAt.Stat(file).Size;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation) =>
        ValueTask.FromResult(FileContent.ReadAt(file, buffer.Span, offset));

    public override void Dispose() => file.Dispose();
}
