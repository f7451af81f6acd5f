using System;
using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>
/// A path as the kernel sees one: bytes without a NUL. Made from text (UTF-8) or from bytes as they stand in an archive
/// or a directory, which need not be text.
/// </summary>
public readonly ref struct PathName
{
    /// <summary>How much stack a caller offers to <see cref="Terminate"/>; longer paths go to the heap.</summary>
    internal const int StackSize = 512;

    private readonly string? _text;
    private readonly ReadOnlySpan<byte> _bytes;

    private PathName(string text) => _text = text;

    private PathName(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>A path in UTF-8.</summary>
    public static implicit operator PathName(string text) => new(text);

    /// <summary>A path as bytes, without a terminator.</summary>
    public static implicit operator PathName(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>A path as bytes, without a terminator.</summary>
    public static implicit operator PathName(byte[] bytes) => new(bytes);

    /// <summary>The named alternate of the conversion from text.</summary>
    public static PathName FromString(string text) => text;

    /// <summary>The named alternate of the conversion from bytes.</summary>
    public static PathName FromBytes(ReadOnlySpan<byte> bytes) => bytes;

    /// <summary>Divides the path before its last component; the first part is <c>.</c> where there is only one.</summary>
    internal void Split(out PathName parent, out PathName name)
    {
        ReadOnlySpan<byte> path = _text is null ? _bytes : Encoding.UTF8.GetBytes(_text);
        path = path.TrimEnd((byte)'/');
        int slash = path.LastIndexOf((byte)'/');
        parent = slash < 0 ? "."u8 : path[..(slash + 1)];
        name = path[(slash + 1)..];
    }

    /// <summary>The path for a message; bytes that are not UTF-8 are replaced.</summary>
    public override string ToString() => _text ?? Encoding.UTF8.GetString(_bytes);

    /// <summary>Copies the path with a NUL behind it to <paramref name="stack"/>, or to the heap when it is too long.</summary>
    /// <exception cref="ArgumentException">The path holds a NUL, which the kernel would take for its end.</exception>
    internal ReadOnlySpan<byte> Terminate(Span<byte> stack)
    {
        int length = _text is null ? _bytes.Length : Encoding.UTF8.GetByteCount(_text);
        Span<byte> target = length < stack.Length ? stack[..(length + 1)] : new byte[length + 1];
        if (_text is null)
        {
            _bytes.CopyTo(target);
        }
        else
        {
            Encoding.UTF8.GetBytes(_text, target);
        }

        target[length] = 0;
        if (target[..length].Contains((byte)0))
        {
            throw new ArgumentException("a path holds a NUL byte");
        }

        return target;
    }
}
