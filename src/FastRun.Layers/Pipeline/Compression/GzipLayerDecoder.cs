using System;
using System.IO;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Decompresses gzip where the blocks lie.</summary>
internal sealed class GzipLayerDecoder(Stream source) : LayerDecoder
{
    private readonly GzipDecoder _decoder = new(source);

    internal override int HistorySize => GzipDecoder.HistorySize;

    internal override int Slack => GzipDecoder.Slack;

    internal override int Read(Span<byte> block, int history) => _decoder.Read(block, history);

    public override void Dispose() => _decoder.Dispose();
}
