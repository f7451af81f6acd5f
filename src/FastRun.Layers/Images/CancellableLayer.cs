using System;
using System.IO;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Images;

/// <summary>A layer whose blob stops coming once its load is cancelled.</summary>
internal sealed class CancellableLayer(LayerSource source, CancellationToken cancellation) : LayerSource
{
    public override string MediaType => source.MediaType;

    public override Digest Digest => source.Digest;

    public override long Size => source.Size;

    public override Digest DiffId => source.DiffId;

    public override Stream Open()
    {
        cancellation.ThrowIfCancellationRequested();
        return cancellation.CanBeCanceled ? new CancellableStream(source.Open(), cancellation) : source.Open();
    }

    private sealed class CancellableStream(Stream blob, CancellationToken cancellation) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            cancellation.ThrowIfCancellationRequested();
            return blob.Read(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                blob.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
