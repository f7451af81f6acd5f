using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Grpc;

/// <summary>
/// Reads a message of Protocol Buffers (protobuf.dev, "Encoding") field by field. What is not asked for is skipped; what is not of the kind
/// that is asked for, or is not whole, is refused.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int Varying = 0;
    private const int Fixed64 = 1;
    private const int Sized = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _type = -1;

    /// <summary>Goes to the next field.</summary>
    /// <param name="field">Its number.</param>
    /// <returns>Whether there is one.</returns>
    internal bool TryNext(out int field)
    {
        Skip();
        if (_rest.IsEmpty)
        {
            field = 0;
            return false;
        }

        ulong tag = Varint();
        (_type, field) = ((int)(tag & 7), (int)Math.Min(tag >> 3, int.MaxValue));
        return field > 0 ? true : throw Malformed();
    }

    /// <summary>The text of one field of a message, where nothing else of it is needed.</summary>
    internal static bool TryText(ReadOnlySpan<byte> message, int wanted, out string text)
    {
        ProtoReader reader = new(message);
        text = "";
        while (reader.TryNext(out int field))
        {
            if (field == wanted)
            {
                text = reader.Text();
            }
        }

        return text.Length > 0;
    }

    /// <summary>All texts of a field that is repeated.</summary>
    internal static List<string> Texts(ReadOnlySpan<byte> message, int wanted)
    {
        ProtoReader reader = new(message);
        List<string> texts = [];
        while (reader.TryNext(out int field))
        {
            if (field == wanted)
            {
                texts.Add(reader.Text());
            }
        }

        return texts;
    }

    /// <summary>The field's number.</summary>
    internal long Number()
    {
        Take(Varying);
        return (long)Varint();
    }

    internal bool Flag() => Number() != 0;

    /// <summary>The field's bytes, or the message that it is.</summary>
    internal ReadOnlySpan<byte> Bytes()
    {
        Take(Sized);
        ulong length = Varint();
        return length <= (ulong)_rest.Length ? Cut((int)length) : throw Malformed();
    }

    internal string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Adds an entry of a map of texts.</summary>
    internal void Entry(IDictionary<string, string> map)
    {
        ProtoReader entry = new(Bytes());
        (string key, string value) = ("", "");
        while (entry.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    key = entry.Text();
                    break;
                case 2:
                    value = entry.Text();
                    break;
                default:
                    break;
            }
        }

        map[key] = value;
    }

    private void Take(int type)
    {
        if (_type != type)
        {
            throw Malformed();
        }

        _type = -1;
    }

    private void Skip()
    {
        switch (_type)
        {
            case -1:
                break;
            case Varying:
                Varint();
                break;
            case Fixed64:
                Cut(8);
                break;
            case Sized:
                Bytes();
                break;
            case Fixed32:
                Cut(4);
                break;
            default:
                throw Malformed();
        }

        _type = -1;
    }

    private ReadOnlySpan<byte> Cut(int length)
    {
        if (length > _rest.Length)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> cut = _rest[..length];
        _rest = _rest[length..];
        return cut;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10; i++)
        {
            byte next = i < _rest.Length ? _rest[i] : throw Malformed();
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    private static GrpcException Malformed() => new(GrpcStatus.InvalidArgument, "a message is malformed");
}
