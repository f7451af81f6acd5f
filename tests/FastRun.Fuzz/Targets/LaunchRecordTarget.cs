using System;
using System.Buffers.Binary;
using System.Numerics;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Fuzz.Targets;

/// <summary>The file that a warm start reads, damaged, with and without a checksum that fits.</summary>
internal sealed class LaunchRecordTarget : FuzzTarget
{
    private static readonly byte[] s_record = LaunchRecordFormat.Encode(
        new LaunchRecord
        {
            ImageId = Digest.Parse("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            Platform = Platform.Host,
            LayerIds = ["top", "bottom"],
            Entrypoint = ["/bin/sh", "-c"],
            Cmd = ["", "\u00e4"],
            Env = ["PATH=/bin"],
            User = "1000",
            WorkingDir = "/src",
            Volumes = ["/data"],
            StopSignal = "SIGINT",
        },
        Guid.Empty,
        durable: true);

    internal override string Name => "launch-record";

    internal override byte[] Generate(Random random)
    {
        byte[] file = Mutation.Bytes(random, s_record);
        if (file.Length > 32 && random.Next(4) > 0)
        {
            s_record.AsSpan(0, 12).CopyTo(file);
            uint crc = uint.MaxValue;
            foreach (byte b in file.AsSpan(16))
            {
                crc = BitOperations.Crc32C(crc, b);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), ~crc);
        }

        return file;
    }

    internal override bool Run(byte[] input) => LaunchRecordFormat.Decode(input, out _, out _) is not null;
}
