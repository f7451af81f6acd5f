using System;
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using FastRun.Layers.References;

namespace FastRun.Layers.Oci;

/// <summary>
/// A content digest, <c>algorithm:hex</c> (OCI image-spec, descriptor, "Digests"). Only the registered algorithms with
/// exactly their length of lower-case hex are accepted, so a digest is safe to build a path or a URL from.
/// </summary>
public readonly record struct Digest
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>The algorithm: <c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Text[..6];

    /// <summary>The lower-case hex digits.</summary>
    public string Hex => Text[7..];

    /// <summary>The first of them, by which people call images and layers.</summary>
    public string ShortHex => ShortId.Of(Hex);

    private string Text => _text ?? throw new InvalidOperationException("a digest that was never set");

    /// <summary>The sha256 digest whose 32 bytes these are.</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, 32);
        return new Digest("sha256:" + Convert.ToHexStringLower(hash));
    }

    /// <summary>Parses <c>sha256:&lt;64 hex&gt;</c> or <c>sha512:&lt;128 hex&gt;</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length < 8 || text[6] != ':')
        {
            return false;
        }

        int hexLength = text.AsSpan(0, 6) switch
        {
            "sha256" => 64,
            "sha512" => 128,
            _ => -1,
        };
        if (text.Length - 7 != hexLength || text.AsSpan(7).ContainsAnyExcept(s_hexDigits))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>Parses a digest.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest) ? digest : throw new FormatException($"invalid digest: {text}");

    /// <summary>Returns <c>algorithm:hex</c>.</summary>
    public override string ToString() => Text;
}
