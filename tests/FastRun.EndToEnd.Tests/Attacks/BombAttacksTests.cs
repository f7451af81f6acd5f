using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>
/// Small blobs that ask for gibibytes of disk or memory: each is refused by the limit that it exceeds, within bounds of memory
/// that are measured, and of disk that the file system holds.
/// </summary>
public sealed class BombAttacksTests(TestImages images) : SandboxTest(images)
{
    private const long Gibibyte = 1L << 30;
    private const int Mebibyte = 1 << 20;

    /// <summary>Peak resident MiB where content is only passed on: the program, its blocks and the decoder's window.</summary>
    private const int StreamingMemory = 96;

    /// <summary>Peak resident MiB where names and attributes are kept: their limit of 256 MiB, and what keeping costs.</summary>
    private const int KeepingMemory = 768;

    /// <summary>MiB of disk for bombs that have nothing to write.</summary>
    private const int LittleDisk = 64;

    private static TarBuilder Tar => new();

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void TenGibibytesOfZeros(LayerCompression compression) =>
        Refused("bytes follow the end of its tar", StreamingMemory, Splice(compression, [], 10 * Gibibyte));

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void FileOfTenGibibytes(LayerCompression compression) =>
        Refused("too much for blobs of that size", StreamingMemory, Splice(compression, Tar.Header("zeros", '0', size: 10 * Gibibyte).Cut(), 10 * Gibibyte));

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public void ExtendedHeaderOfTenGibibytes(char type) =>
        Refused("an extended header has 10737418240 bytes", StreamingMemory, Splice(LayerCompression.Zstd, Tar.Header("header", type, size: 10 * Gibibyte).Cut(), 10 * Gibibyte));

    /// <summary>All of the 4 GiB are decompressed, digested and indexed; so it is not done every time.</summary>
    [Fact(Explicit = true)]
    public void ExtendedHeadersOfTenGibibytesTogether()
    {
        ZstdSplice blob = new();
        byte[] header = Tar.Header("comment", 'g', size: Mebibyte).Cut();
        for (int i = 0; i < 10 * 1024; i++)
        {
            blob.Add(header);
            blob.AddZeros(Mebibyte);
        }

        Refused("too much for blobs of that size", StreamingMemory, blob.ToArray());
    }

    [Fact]
    public void MillionsOfEntries()
    {
        const int AtOnce = 2048;
        GzipSplice blob = new();
        byte[] header = Tar.Directory("d/").Cut();
        blob.Repeat(GzipSplice.Compress([.. Enumerable.Repeat(header, AtOnce).SelectMany(static block => block)]), (2_000_000 / AtOnce) + 1);
        Refused("more than 2000000 entries", StreamingMemory, blob.ToArray());
    }

    [Fact]
    public void GibibytesOfAttributes() => Refused("bytes of memory", KeepingMemory, Attributes(5000));

    /// <summary>None exceeds the limit by itself, and they are unpacked side by side.</summary>
    [Fact]
    public void GibibytesOfAttributesInSixLayers() =>
        Refused("bytes of memory", KeepingMemory, [.. Enumerable.Range(4000, 6).Select(Attributes)]);

    /// <summary>Six layers are unpacked at once, each with the largest window of a decoder that is allowed.</summary>
    [Fact]
    public void LargestWindowsInSixLayers()
    {
        const int windowLog = 27;
        ZstdSplice blob = new(windowLog);
        byte[] header = Tar.Header("comment", 'g', size: Mebibyte).Cut();
        for (int i = 0; i < 150; i++)
        {
            blob.Add(header);
            blob.AddZeros(Mebibyte);
        }

        blob.Add(new byte[1024]);
        byte[] layer = blob.ToArray();
        Refused("its tar has the digest", (6 << (windowLog - 20)) + StreamingMemory, [.. Enumerable.Repeat(layer, 6)]);
    }

    [Fact]
    public void HundredsOfThousandsOfLongLinks()
    {
        GzipSplice blob = new();
        byte[] target = GzipSplice.Compress(Tar.Extended('K', [.. Enumerable.Repeat((byte)'t', 4000)]).Cut());
        for (int i = 0; i < 100_000; i++)
        {
            blob.Repeat(target, 1);
            blob.Add(Tar.SymbolicLink(i.ToString(CultureInfo.InvariantCulture), "t").Cut());
        }

        Refused("bytes of memory", KeepingMemory, disk: 512, blob.ToArray());
    }

    /// <summary>As much as any image may write; so it is not done every time.</summary>
    [Fact(Explicit = true)]
    public void ManyFilesOfTenGibibytesTogether()
    {
        ZstdSplice blob = new();
        for (int i = 0; i < 1024; i++)
        {
            blob.Add(Tar.Header($"zeros{i}", '0', size: 10 * Mebibyte).Cut());
            blob.AddZeros(10 * Mebibyte);
        }

        Refused("too much for blobs of that size", StreamingMemory, disk: (4 * 1024) + 256, blob.ToArray());
    }

    /// <summary>A layer of so many directories with 60,000 bytes of attributes each.</summary>
    private static byte[] Attributes(int directories)
    {
        GzipSplice blob = new();
        byte[] attribute = GzipSplice.Compress(Tar.Pax(("SCHILY.xattr.user.a", new string('v', 60_000))).Cut());
        for (int i = 0; i < directories; i++)
        {
            blob.Repeat(attribute, 1);
            blob.Add(Tar.Directory($"d{i}/").Cut());
        }

        return blob.ToArray();
    }

    private static byte[] Splice(LayerCompression compression, byte[] first, long zeros)
    {
        ISplice blob = compression == LayerCompression.Gzip ? new GzipSplice() : new ZstdSplice();
        blob.Add(first);
        blob.AddZeros(zeros);
        return blob.ToArray();
    }

    private void Refused(string why, int memory, params IReadOnlyList<byte[]> blobs) => Refused(why, memory, LittleDisk, blobs);

    private void Refused(string why, int memory, int disk, params IReadOnlyList<byte[]> blobs)
    {
        string image = Image(blobs);
        Directory.CreateDirectory(Roots.Data);
        _ = Command.Output("mount", "-t", "tmpfs", "-o", $"size={disk}m,mode=0710", "tmpfs", Roots.Data);
        string peak = Path.Combine(Roots.Top, "peak");
        Command exec = FastRun("exec", "--no-workspace", image, "--", "/bin/true");
        CommandResult result = (exec with { File = "time", Arguments = ["-q", "-f", "%M", "-o", peak, exec.File, .. exec.Arguments], Timeout = TimeSpan.FromMinutes(5) }).Run();
        string[] left = [.. Roots.Leftovers().Where(path => path != Roots.Data)];
        _ = Command.Output("umount", Roots.Data);

        _ = result.FailsWith(125, why);
        Assert.Empty(left);
        int kibibytes = int.Parse(File.ReadAllText(peak), CultureInfo.InvariantCulture);
        Assert.True(kibibytes < memory * 1024, $"{kibibytes / 1024} MiB of memory, {memory} are allowed, for {result}");
    }

    /// <summary>An image of these blobs, whose tars have digests that nobody will come to verify.</summary>
    private string Image(IReadOnlyList<byte[]> blobs)
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "bomb"));
        layout.AddImage("latest", [], edit: (config, manifest) =>
        {
            for (int i = 0; i < blobs.Count; i++)
            {
                string compression = blobs[i][0] == 0x1F ? "gzip" : "zstd";
                config["rootfs"]!["diff_ids"]!.AsArray().Add((JsonNode)OciLayout.DigestOf([(byte)i]));
                manifest["layers"]!.AsArray().Add((JsonNode)layout.AddBlob(blobs[i], "application/vnd.oci.image.layer.v1.tar+" + compression));
            }
        });
        return layout.Reference;
    }
}
