using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>Layers compressed with <c>zstd --long</c>, whose windows are the most memory that an image can ask for.</summary>
public sealed class LargeWindowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Assemble_SeveralLayersWithLargeWindows_AllAreUnpacked()
    {
        using TemporaryState state = new();
        byte[][] tars = [.. Enumerable.Range(0, 5).Select(static i => new TarBuilder().File($"f{i}", new string('x', 3000 + i)).End())];

        IReadOnlyList<string> ids = new LayerPipeline(new LayerStore(state.Layout)).Assemble([.. tars.Select(Long)]);

        Assert.Equal(5, ids.Count);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(3000 + i, new FileInfo(Path.Combine(state.Layout.LayerTree(ids[4 - i]), $"f{i}")).Length);
        }
    }

    [Fact]
    public void Assemble_OneOfSeveralIsDamaged_FailsAndLeavesNothing()
    {
        using TemporaryState state = new();
        byte[][] tars = [.. Enumerable.Range(0, 4).Select(static i => new TarBuilder().File($"f{i}", "x").End())];
        MemoryLayer[] layers = [.. tars.Select(Long)];
        layers[2] = new MemoryLayer([.. LongFrame(tars[2]), 1, 2, 3], layers[2].DiffId);

        LayerException failure = Assert.Throws<LayerException>(
            () => new LayerPipeline(new LayerStore(state.Layout)).Assemble(layers));

        Assert.Contains(layers[2].DiffId.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    [Fact]
    public async Task Open_AnotherHasTheTurn_WaitsUntilThatEnds()
    {
        byte[] content = new byte[100_000];
        byte[] blob = LongFrame(content);
        using LayerBuffers buffers = new();
        LayerDecoder first = Decompression.Open(new MemoryStream(blob), buffers);
        Assert.True(first.Read(new byte[1000], 0) > 0);
        using LayerDecoder second = Decompression.Open(new MemoryStream(blob), buffers);
        Task<int> read = Task.Run(() => second.Read(new byte[1000], 0));

        Assert.Equal(0, buffers.LargeWindow.CurrentCount);
        Assert.False(read.IsCompleted);
        first.Dispose();
        Assert.True(await read.WaitAsync(s_patience) > 0);
        Assert.Equal(0, buffers.LargeWindow.CurrentCount);
        second.Dispose();
        Assert.Equal(1, buffers.LargeWindow.CurrentCount);
    }

    [Fact]
    public async Task Open_CancelledWhileItWaits_EndsAndTakesNoTurn()
    {
        using LayerBuffers buffers = new();
        buffers.LargeWindow.Wait();
        using CancellationTokenSource cancellation = new();
        using (LayerDecoder decoder = Decompression.Open(new MemoryStream(LongFrame(new byte[10])), buffers, cancellation.Token))
        {
            Task<int> read = Task.Run(() => decoder.Read(new byte[1000], 0));
            cancellation.Cancel();
            await Assert.ThrowsAsync<OperationCanceledException>(() => read.WaitAsync(s_patience));
        }

        Assert.Equal(0, buffers.LargeWindow.CurrentCount);
    }

    [Fact]
    public void Open_CommonWindow_NeedsNoTurn()
    {
        using LayerBuffers buffers = new();
        buffers.LargeWindow.Wait();
        using LayerDecoder decoder = Decompression.Open(new MemoryStream(Frame(new byte[100_000], "-19")), buffers);
        Assert.True(decoder.Read(new byte[1000], 0) > 0);
    }

    [Fact]
    public void Open_NobodyGivesTurns_LargeWindowIsRefused()
    {
        using LayerDecoder decoder = Decompression.Open(new MemoryStream(LongFrame(new byte[10])));
        Assert.Throws<InvalidDataException>(() => decoder.Read(new byte[1000], 0));
    }

    /// <summary>The tar breaks where the decompressor waits for its turn: that it breaks must not wait for other layers.</summary>
    [Fact]
    public async Task Unpack_BreaksWhileItWaitsForTheTurn_EndsAtOnce()
    {
        using TemporaryState state = new();
        byte[] broken = Enumerable.Repeat((byte)'x', 400_000).ToArray();
        MemoryLayer layer = new([.. Frame(broken, "-1"), .. LongFrame(broken)], Digest.FromSha256(new byte[32]));
        using LayerBuffers buffers = new();
        buffers.LargeWindow.Wait();
        LayerUnpacker unpacker = new(
            new LayerStore(state.Layout),
            new LayerLimits(),
            new UnpackAllowance(1 << 30),
            new MemoryAllowance(1 << 30),
            buffers,
            CancellationToken.None);

        Task unpacking = Task.Run(() => unpacker.Unpack(layer, null, new LayerProgress(layer, null)));

        LayerException failure = await Assert.ThrowsAsync<LayerException>(() => unpacking.WaitAsync(s_patience));
        Assert.Equal(LayerErrorKind.Malformed, failure.Kind);
    }

    private static MemoryLayer Long(byte[] tar) => new(LongFrame(tar), Digest.FromSha256(SHA256.HashData(tar)));

    /// <summary>With a window of 128 MiB, whatever the size: a stream's size is not known to zstd.</summary>
    private static byte[] LongFrame(byte[] content) => Frame(content, "--long=27");

    private static byte[] Frame(byte[] content, string option)
    {
        using Process zstd = Process.Start(new ProcessStartInfo("zstd", ["-q", "-c", option])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Task writing = Task.Run(() =>
        {
            zstd.StandardInput.BaseStream.Write(content);
            zstd.StandardInput.Close();
        });
        using MemoryStream frame = new();
        zstd.StandardOutput.BaseStream.CopyTo(frame);
        writing.Wait(s_patience);
        zstd.WaitForExit();
        Assert.Equal(0, zstd.ExitCode);
        return frame.ToArray();
    }
}
