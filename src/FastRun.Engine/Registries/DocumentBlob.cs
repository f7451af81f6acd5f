using System;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Hosting;

namespace FastRun.Engine.Registries;

/// <summary>A blob in memory.</summary>
internal sealed class DocumentBlob(byte[] content, IDisposable held) : HostedBlob
{
    public override long Size => content.Length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        int count = (int)Math.Min(buffer.Length, content.Length - offset);
        content.AsSpan((int)offset, count).CopyTo(buffer.Span);
        return ValueTask.FromResult(count);
    }

    public override void Dispose() => held.Dispose();
}
