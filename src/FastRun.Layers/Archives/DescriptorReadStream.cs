using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>What a descriptor gives, a pipe for example. Unlike FileStream it fails with the errno of read(2).</summary>
internal sealed class DescriptorReadStream(Fd file) : ReadOnlyStream
{
    /// <exception cref="SyscallException">read(2) failed.</exception>
    public override int Read(Span<byte> buffer) => FileContent.Read(file, buffer);
}
