using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>The images that every guest finds in <c>/images</c>, as OCI layouts.</summary>
internal static class GuestImages
{
    /// <summary>Busybox in one layer.</summary>
    internal const string Busybox = "oci:/images/busybox";

    /// <summary>Busybox, and layers of many small files and a large one, named <c>/data-*</c>. Loading it takes a while.</summary>
    internal const string Layered = "oci:/images/layered";

    /// <summary>As <see cref="Layered"/>, but in no guest: <see cref="GuestRegistry"/> has it.</summary>
    internal const string Pulled = "pulled";

    private const int LayeredLayers = 6;
    private const int FilesOfALayer = 16;
    private const int LargeFile = 160 << 10;

    /// <summary>What sha256sum says of all <c>/data-*</c> of <see cref="Layered"/>, one after another.</summary>
    internal static string LayeredDigest { get; } = DigestOf(DataFiles(1));

    /// <summary>The same of <see cref="Pulled"/>.</summary>
    internal static string PulledDigest { get; } = DigestOf(DataFiles(2));

    /// <summary>
    /// Images of as many layers as the tag says. Above busybox each has a file <c>layer-N</c> and its number in <c>top</c>;
    /// the second one deletes <c>below/gone</c> and empties <c>below/opaque</c>.
    /// </summary>
    internal const string Layers = "oci:/images/layers:";

    /// <summary>How many layers each of <see cref="Layers"/> has.</summary>
    private static readonly int[] s_layerCounts = [1, 2, 120, 230, 499, 500];

    /// <summary>Writes them all.</summary>
    internal static void Write(string directory)
    {
        new OciLayout(Path.Combine(directory, "busybox")).AddImage("latest", [BusyboxRoot.Tar().ToArray()]);
        WriteLayered(new OciLayout(Path.Combine(directory, "layered")), seed: 1);
        OciLayout layers = new(Path.Combine(directory, "layers"));
        List<byte[]> tars =
        [
            BusyboxRoot.Tar().File("top", "1").File("layer-1", "").Directory("below").File("below/gone", "")
                .Directory("below/opaque").File("below/opaque/old", "").ToArray(),
            new LayerTar().File("top", "2").File("layer-2", "").Directory("below").Whiteout("below", "gone")
                .Directory("below/opaque").Opaque("below/opaque").File("below/opaque/new", "").ToArray(),
        ];
        for (int i = 3; i <= s_layerCounts[^1]; i++)
        {
            tars.Add(new LayerTar().File("top", $"{i}").File($"layer-{i}", "").ToArray());
        }

        foreach (int count in s_layerCounts)
        {
            layers.AddImage($"{count}", tars[..count]);
        }
    }

    /// <summary>Writes <see cref="Pulled"/>.</summary>
    internal static void WritePulled(OciLayout layout) => WriteLayered(layout, seed: 2);

    private static void WriteLayered(OciLayout layout, int seed)
    {
        IEnumerable<byte[]> data = DataFiles(seed).Chunk(FilesOfALayer)
            .Select(static files => files.Aggregate(new LayerTar(), static (tar, file) => tar.File(file.Name, file.Content)).ToArray());
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), .. data]);
    }

    private static string DigestOf(IEnumerable<(string Name, byte[] Content)> files) =>
        Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(static file => file.Content)]));

    /// <summary>The same in every run, and in the order of their names.</summary>
    private static IEnumerable<(string Name, byte[] Content)> DataFiles(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < LayeredLayers * FilesOfALayer; i++)
        {
            byte[] content = new byte[i % FilesOfALayer == 0 ? LargeFile : random.Next(1, 8 << 10)];
            random.NextBytes(content);
            yield return ($"data-{i:D3}", content);
        }
    }
}
