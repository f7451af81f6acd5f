using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Supervision;

/// <summary>
/// What a user types to leave a container that goes on: <c>ctrl-p,ctrl-q</c> unless told otherwise (docker attach, --detach-keys).
/// </summary>
public sealed class DetachKeys
{
    private readonly byte[] _keys;
    private byte[] _buffer = [];
    private int _matched;

    private DetachKeys(byte[] keys) => _keys = keys;

    /// <summary>Ctrl-P, then Ctrl-Q.</summary>
    public static DetachKeys Default => new([0x10, 0x11]);

    /// <summary>Parses a list of keys, each a character or <c>ctrl-</c> with one of <c>a-z @ [ \ ] ^ _</c>.</summary>
    /// <exception cref="EngineException">One is not a key.</exception>
    public static DetachKeys Parse(string text)
    {
        List<byte> keys = [];
        foreach (string key in text.Split(','))
        {
            keys.Add(key switch
            {
                [var c] when c < 0x80 => (byte)c,
                ['c', 't', 'r', 'l', '-', >= 'a' and <= 'z' and var c] => (byte)(c - 'a' + 1),
                "ctrl-@" => 0,
                ['c', 't', 'r', 'l', '-', >= '[' and <= '_' and var c] => (byte)(c - '@'),
                _ => throw EngineException.Invalid($"invalid detach keys ({text}) provided: unknown character: '{key}'"),
            });
        }

        return new DetachKeys([.. keys]);
    }

    /// <summary>Looks for the keys in what was typed.</summary>
    /// <param name="bytes">What was typed.</param>
    /// <param name="typed">What the container gets: the beginning of the keys is kept back until it is clear.</param>
    /// <returns>False when the keys are complete.</returns>
    public bool Filter(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> typed)
    {
        if (_buffer.Length < bytes.Length + _keys.Length)
        {
            _buffer = new byte[bytes.Length + _keys.Length];
        }

        int length = 0;
        foreach (byte key in bytes)
        {
            if (key != _keys[_matched])
            {
                _keys.AsSpan(0, _matched).CopyTo(_buffer.AsSpan(length));
                length += _matched;
                _matched = 0;
            }

            if (key == _keys[_matched])
            {
                _matched++;
                if (_matched == _keys.Length)
                {
                    typed = _buffer.AsSpan(0, length);
                    return false;
                }
            }
            else
            {
                _buffer[length++] = key;
            }
        }

        typed = _buffer.AsSpan(0, length);
        return true;
    }
}
