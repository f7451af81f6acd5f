using System;
using System.IO;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>What a stream gives: a plain tar, or a decompressor that keeps its own history.</summary>
internal sealed class StreamLayerDecoder(Stream source) : LayerDecoder
{
    internal override int Read(Span<byte> block, int history) => source.Read(block[history..]);

    public override void Dispose() => source.Dispose();
}
