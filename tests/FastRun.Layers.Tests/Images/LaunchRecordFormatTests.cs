using System;
using System.Linq;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Images;

public sealed class LaunchRecordFormatTests
{
    private static readonly Guid s_boot = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_WhatWasEncoded_Same(bool durable)
    {
        LaunchRecord record = Example();
        byte[] file = LaunchRecordFormat.Encode(record, s_boot, durable);
        LaunchRecord read = LaunchRecordFormat.Decode(file, out Guid bootId, out bool isDurable)!;
        Assert.Equal((s_boot, durable), (bootId, isDurable));
        Assert.Equal((record.ImageId, record.Platform), (read.ImageId, read.Platform));
        Assert.Equal((record.Created, record.Size), (read.Created, read.Size));
        Assert.Equal(record.LayerIds, read.LayerIds);
        Assert.Equal(record.Entrypoint, read.Entrypoint);
        Assert.Equal(record.Cmd, read.Cmd);
        Assert.Equal(record.Env, read.Env);
        Assert.Equal(record.Volumes, read.Volumes);
        Assert.Equal((record.User, record.WorkingDir, record.StopSignal), (read.User, read.WorkingDir, read.StopSignal));
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 2)]
    [InlineData(true, true, 3)]
    public void Decode_Flags_AsEncoded_AndTheHostsRootIsNoFlippedBit(bool isProvisional, bool isOnHost, byte flags)
    {
        byte[] file = LaunchRecordFormat.Encode(Example() with { IsProvisional = isProvisional, IsOnHost = isOnHost }, s_boot, durable: true);
        Assert.Equal(flags, file[11]);
        LaunchRecord read = LaunchRecordFormat.Decode(file, out _, out _)!;
        Assert.Equal((isProvisional, isOnHost), (read.IsProvisional, read.IsOnHost));
        file[11] ^= 2;
        Assert.Null(LaunchRecordFormat.Decode(file, out _, out _));
    }

    [Fact]
    public void Encode_Header_AsDocumented()
    {
        byte[] file = LaunchRecordFormat.Encode(Example(), s_boot, durable: true);
        Assert.Equal("FRIMAGE\0"u8.ToArray(), file[..8]);
        Assert.Equal([1, 0, 1, 0], file[8..12]);
        Assert.Equal(Crc32C(file[16..]), BitConverter.ToUInt32(file, 12));
        Assert.Equal(s_boot.ToByteArray(), file[16..32]);
        Assert.Equal([71, 0, 0, 0], file[32..36]);
        Assert.Equal("sha256:", Encoding.ASCII.GetString(file, 36, 7));
    }

    [Fact]
    public void Decode_AnyBitChanged_Refused()
    {
        byte[] file = LaunchRecordFormat.Encode(Example(), s_boot, durable: true);
        for (int i = 0; i < file.Length; i++)
        {
            // The durable byte may change, and the byte behind it says nothing.
            if (i is LaunchRecordFormat.DurableOffset or LaunchRecordFormat.DurableOffset + 1)
            {
                continue;
            }

            file[i] ^= 0x10;
            Assert.Null(LaunchRecordFormat.Decode(file, out _, out _));
            file[i] ^= 0x10;
        }
    }

    [Fact]
    public void Decode_AnyLengthMissing_Refused()
    {
        byte[] file = LaunchRecordFormat.Encode(Example(), s_boot, durable: true);
        Assert.All(Enumerable.Range(0, file.Length), length =>
            Assert.Null(LaunchRecordFormat.Decode(file.AsSpan(0, length), out _, out _)));
    }

    [Fact]
    public void Decode_AnyByteOfTheBodyChangedWithItsChecksum_NeverFails()
    {
        byte[] original = LaunchRecordFormat.Encode(Example(), s_boot, durable: true);
        for (int i = 32; i < original.Length; i++)
        {
            foreach (byte value in (ReadOnlySpan<byte>)[0, 1, 0x7F, 0xFF])
            {
                byte[] file = [.. original];
                file[i] = value;
                BitConverter.TryWriteBytes(file.AsSpan(12), Crc32C(file[16..]));
                LaunchRecord? record = LaunchRecordFormat.Decode(file, out _, out _);
                Assert.True(record is null || record.Env is not null);
            }
        }

        byte[] huge = [.. original];
        "ÿÿÿ"u8[..4].CopyTo(huge.AsSpan(32));
        BitConverter.TryWriteBytes(huge.AsSpan(12), Crc32C(huge[16..]));
        Assert.Null(LaunchRecordFormat.Decode(huge, out _, out _));
    }

    private static LaunchRecord Example() => new()
    {
        ImageId = Digest.Parse("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Platform = new Platform("linux", "arm", "v7"),
        LayerIds = ["top", "bottom"],
        Entrypoint = ["/bin/sh", "-c"],
        Cmd = ["", "ä€𝄞"],
        Env = ["PATH=/bin", "EMPTY="],
        User = "1000:1000",
        WorkingDir = "/src",
        Volumes = ["/data"],
        StopSignal = "SIGINT",
        Created = 1_714_979_289,
        Size = 5_000_000_000,
    };

    /// <summary>Bit by bit, polynomial 0x1EDC6F41 reflected (RFC 3720, appendix B.4).</summary>
    private static uint Crc32C(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        return ~crc;
    }
}
