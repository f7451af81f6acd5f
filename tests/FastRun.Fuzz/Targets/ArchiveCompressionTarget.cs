using System;
using System.IO;
using System.Text;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Native.Compression;

namespace FastRun.Fuzz.Targets;

/// <summary>.xz and .bz2, damaged: refused, or decompressed to what was compressed, once for each whole stream.</summary>
internal sealed class ArchiveCompressionTarget : FuzzTarget
{
    private const int MostOutput = 1 << 20;

    private static readonly string s_content = "some text some text some text some text 1234567890\n";

    // What Debian's xz and bzip2 make of it.
    private static readonly byte[] s_xz = Convert.FromBase64String("/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAyABxdADmbyfLnULjF4ly1gvy+IklN0l0D8XtGkqglwAAAtOmSzKZChgwAATgzxmjJiB+2830BAAAAAARZWg==");
    private static readonly byte[] s_bzip2 = Convert.FromBase64String("QlpoOTFBWSZTWVMfJCoAABNZgAAQQAB/4AICjEAgACCqpkyA8o9QU0yMTExL0STnbfjnruJ8IPSiNK+LlH4u5IpwoSCmPkhU");

    internal override string Name => "archive-compression";

    internal override byte[] Generate(Random random)
    {
        byte[] stream = random.Next(2) == 0 ? s_xz : s_bzip2;
        byte[] file = random.Next(4) == 0 ? [.. stream, .. stream] : stream;
        return random.Next(10) == 0 ? file : Mutation.Bytes(random, file);
    }

    internal override bool Run(byte[] input)
    {
        using ArchiveReadStream stream = new(new MemoryStream(input), input is [0xFD, ..] ? new XzDecoder() : new Bzip2Decoder());
        byte[] output = new byte[MostOutput];
        int length;
        try
        {
            length = stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return false;
        }

        if (length == output.Length)
        {
            // A checksum comes behind what it is of.
            return false;
        }

        string text = Encoding.Latin1.GetString(output, 0, length);
        Require(text.Replace(s_content, "", StringComparison.Ordinal).Length == 0, "something else came out of it");
        return true;
    }
}
