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

    private const int Layers = 6;
    private const int FilesOfALayer = 24;

    /// <summary>What sha256sum says of all <c>/data-*</c> of <see cref="Layered"/>, one after another.</summary>
    internal static string LayeredDigest { get; } = Convert.ToHexStringLower(SHA256.HashData([.. DataFiles().SelectMany(static file => file.Content)]));

    /// <summary>Writes them all.</summary>
    internal static void Write(string directory)
    {
        byte[] busybox = BusyboxRoot.Tar().ToArray();
        new OciLayout(Path.Combine(directory, "busybox")).AddImage("latest", [busybox]);
        IEnumerable<byte[]> data = DataFiles().Chunk(FilesOfALayer)
            .Select(static files => files.Aggregate(new LayerTar(), static (tar, file) => tar.File(file.Name, file.Content)).ToArray());
        new OciLayout(Path.Combine(directory, "layered")).AddImage("latest", [busybox, .. data]);
    }

    /// <summary>The same in every run, and in the order of their names.</summary>
    private static IEnumerable<(string Name, byte[] Content)> DataFiles()
    {
        Random random = new(1);
        for (int i = 0; i < Layers * FilesOfALayer; i++)
        {
            byte[] content = new byte[i % FilesOfALayer == 0 ? 256 << 10 : random.Next(1, 8 << 10)];
            random.NextBytes(content);
            yield return ($"data-{i:D3}", content);
        }
    }
}
