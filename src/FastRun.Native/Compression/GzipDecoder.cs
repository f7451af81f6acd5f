using System;
using System.Buffers.Binary;
using System.IO;

namespace FastRun.Native.Compression;

/// <summary>
/// Decompresses the gzip members (RFC 1952) of a stream, one after another, with bounded memory. Decodes straight into the
/// caller's blocks, each of which begins with the end of the one before.
/// </summary>
public sealed unsafe class GzipDecoder : IDisposable
{
    /// <summary>How many bytes that were decoded last a block must begin with, or all where there were fewer.</summary>
    public const int HistorySize = InflateDecoder.HistorySize;

    /// <summary>How many bytes at the end of a block are only scratch.</summary>
    public const int Slack = InflateDecoder.Slack;

    private const int HeaderSize = 10;
    private const int TrailerSize = 8;
    private const byte HeaderCrc = 2;
    private const byte Extra = 4;
    private const byte Name = 8;
    private const byte Comment = 16;
    private const byte Reserved = 0xE0;

    private readonly CompressedInput _input;
    private readonly InflateDecoder _inflate;
    private readonly GzipChecksum _crc = new();
    private long _length;
    private bool _inMember;
    private bool _hadMember;

    /// <summary>A decoder of a stream, which stays the caller's.</summary>
    public GzipDecoder(Stream source)
    {
        _input = new CompressedInput(source);
        _inflate = new InflateDecoder(_input);
    }

    /// <summary>Decodes the next bytes.</summary>
    /// <param name="block">Begins with <paramref name="history"/> bytes of history and ends with <see cref="Slack"/> bytes of scratch.</param>
    /// <param name="history">How many bytes before the new ones are those that were decoded last.</param>
    /// <returns>How many bytes follow the history now; 0 at the end.</returns>
    /// <exception cref="InvalidDataException">It is not gzip, or damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    public int Read(Span<byte> block, int history)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(history, block.Length - Slack);
        fixed (byte* window = block)
        {
            byte* start = window + history;
            while (true)
            {
                if (!_inMember && !BeginMember())
                {
                    return 0;
                }

                byte* end = _inflate.Decode(MemberStart(window, start), start, window + block.Length - Slack);
                int count = (int)(end - start);
                _crc.Append(block.Slice(history, count));
                _length += count;
                if (_inflate.Ended)
                {
                    EndMember();
                }

                if (count > 0)
                {
                    return count;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    /// <summary>No match reaches into the member before.</summary>
    private byte* MemberStart(byte* window, byte* start) => _length < start - window ? start - _length : window;

    /// <summary>Reads a header; false at the end. As gzip(1) does, what follows a member and is none is passed over.</summary>
    private bool BeginMember()
    {
        bool isMember = _input.Ensure(2) && _input.Next[0] == 0x1F && _input.Next[1] == 0x8B;
        if (!isMember)
        {
            return _hadMember ? false : throw new InvalidDataException("not gzip");
        }

        Need(HeaderSize);
        byte flags = _input.Next[3];
        if (_input.Next[2] != 8 || (flags & Reserved) != 0)
        {
            throw new InvalidDataException("an unknown kind of gzip");
        }

        Skip(HeaderSize);
        if ((flags & Extra) != 0)
        {
            Need(2);
            int extra = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(_input.Next, 2));
            Skip(2);
            for (; extra > 0; extra--)
            {
                Take();
            }
        }

        SkipText((flags & Name) != 0);
        SkipText((flags & Comment) != 0);
        if ((flags & HeaderCrc) != 0)
        {
            Need(2);
            Skip(2);
        }

        _inflate.Reset();
        _crc.Reset();
        _length = 0;
        _inMember = true;
        return true;
    }

    private void EndMember()
    {
        Need(TrailerSize);
        ReadOnlySpan<byte> trailer = new(_input.Next, TrailerSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != _crc.Value
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)_length)
        {
            throw new InvalidDataException("a wrong checksum");
        }

        Skip(TrailerSize);
        _inMember = false;
        _hadMember = true;
    }

    private void SkipText(bool present)
    {
        while (present)
        {
            present = Take() != 0;
        }
    }

    private byte Take()
    {
        Need(1);
        byte value = *_input.Next;
        Skip(1);
        return value;
    }

    private void Need(int count)
    {
        if (!_input.Ensure(count))
        {
            throw new EndOfStreamException();
        }
    }

    private void Skip(int count) => _input.MoveTo(_input.Next + count);
}
