using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Grpc;

/// <summary>Writes a message of Protocol Buffers (protobuf.dev, "Encoding"): field by field, what has its default left out.</summary>
internal sealed class ProtoWriter
{
    private const int Varying = 0;
    private const int Sized = 2;

    private readonly ArrayBufferWriter<byte> _output = new(128);

    /// <summary>What was written.</summary>
    internal ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    /// <summary>A number, or false and true as 0 and 1.</summary>
    internal ProtoWriter Number(int field, long value)
    {
        if (value != 0)
        {
            Tag(field, Varying);
            Varint((ulong)value);
        }

        return this;
    }

    internal ProtoWriter Flag(int field, bool value) => Number(field, value ? 1 : 0);

    internal ProtoWriter Text(int field, string? value) => string.IsNullOrEmpty(value) ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes; none are left out.</summary>
    internal ProtoWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : Element(field, value);

    /// <summary>Bytes that are there even where there are none: an element of a list, or a message whose presence means something.</summary>
    internal ProtoWriter Element(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Sized);
        Varint((ulong)value.Length);
        _output.Write(value);
        return this;
    }

    /// <summary>A message.</summary>
    internal ProtoWriter Message(int field, ProtoWriter message) => Element(field, message.Written.Span);

    /// <summary>Texts by name.</summary>
    internal ProtoWriter Map(int field, IEnumerable<KeyValuePair<string, string>> map)
    {
        foreach ((string key, string value) in map)
        {
            Message(field, new ProtoWriter().Text(1, key).Text(2, value));
        }

        return this;
    }

    /// <summary>A time (google.protobuf.Timestamp).</summary>
    internal ProtoWriter Time(int field, DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return Message(field, new ProtoWriter().Number(1, seconds).Number(2, rest * TimeSpan.NanosecondsPerTick));
    }

    private void Tag(int field, int type) => Varint(((ulong)field << 3) | (uint)type);

    private void Varint(ulong value)
    {
        Span<byte> bytes = _output.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        _output.Advance(length);
    }
}
