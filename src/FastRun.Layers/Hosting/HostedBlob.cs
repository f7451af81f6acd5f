using System;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Layers.Hosting;

/// <summary>A blob that a registry of ours serves; held until it is disposed of, also if it is removed meanwhile.</summary>
public abstract class HostedBlob : IDisposable
{
    /// <summary>How many bytes it has.</summary>
    public abstract long Size { get; }

    /// <summary>Reads a part, waiting for it where it is still to come.</summary>
    /// <returns>How many bytes, at least one where the offset is before the end.</returns>
    /// <exception cref="HostingException">It cannot be had.</exception>
    /// <exception cref="Native.SyscallException">The disk does not give it.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract void Dispose();
}
