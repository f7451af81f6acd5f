using System;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Layers.Hosting.Upstream;

/// <summary>A blob that is read while it comes.</summary>
/// <param name="fetch">Entered already.</param>
/// <param name="size">Its size.</param>
internal sealed class FetchedBlob(BlobFetch fetch, long size) : HostedBlob
{
    private bool _hasLeft;

    public override long Size => size;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation) =>
        fetch.ReadAsync(buffer, offset, cancellation);

    public override void Dispose()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            fetch.Leave();
        }
    }
}
