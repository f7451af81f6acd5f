using System;
using System.Buffers;
using System.Runtime.InteropServices;
using FastRun.Layers.References;

namespace FastRun.Layers.Oci;

/// <summary>A platform as in an OCI image index (image-spec, image-index, "platform"), Go's spelling.</summary>
/// <param name="Os">For example <c>linux</c>.</param>
/// <param name="Architecture">For example <c>amd64</c> or <c>arm64</c>.</param>
/// <param name="Variant">For example <c>v7</c>, or null. The variants that say nothing (amd64 v1, arm64 v8) are null.</param>
public sealed record Platform(string Os, string Architecture, string? Variant = null)
{
    private static readonly SearchValues<char> s_word =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>What this machine runs.</summary>
    public static Platform Host { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new Platform("linux", "amd64"),
        System.Runtime.InteropServices.Architecture.Arm64 => new Platform("linux", "arm64"),
        System.Runtime.InteropServices.Architecture other => new Platform("linux", other.ToString().ToLowerInvariant()),
    };

    /// <summary>
    /// Parses <c>os/architecture[/variant]</c>, or one word of it (<c>linux</c>, <c>arm64</c>) where the host gives the
    /// rest, as Docker does; <c>x86_64</c>, <c>aarch64</c> and their like mean Go's names.
    /// </summary>
    /// <exception cref="ReferenceFormatException">It is not a platform.</exception>
    public static Platform Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 3 || Array.Exists(parts, part => !IsWord(part)))
        {
            throw new ReferenceFormatException(
                $"{ReferenceGrammar.Quote(text)}: a platform is os/architecture[/variant], for example linux/arm64");
        }

        return parts switch
        {
            ["linux"] => Host,
            [string architecture] => Normalize(Host.Os, architecture, null),
            [string os, string architecture] => Normalize(os, architecture, null),
            _ => Normalize(parts[0], parts[1], parts[2]),
        };
    }

    /// <summary>
    /// How well an image for this platform serves one who wants <paramref name="wanted"/>: 0 is exact, more is worse, and
    /// negative means not at all. An older variant of the same architecture runs on a newer one (arm v6 on v7).
    /// </summary>
    public int DistanceFrom(Platform wanted)
    {
        if (Os != wanted.Os || Architecture != wanted.Architecture)
        {
            return -1;
        }

        if (Variant == wanted.Variant)
        {
            return 0;
        }

        int own = VariantNumber(Architecture, Variant);
        int limit = VariantNumber(Architecture, wanted.Variant);
        return own < 0 || limit < 0 || own > limit ? -1 : limit - own;
    }

    /// <summary>Returns <c>os/architecture[/variant]</c>.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    /// <summary>The platform that a document states, in normal form.</summary>
    /// <exception cref="CorruptContentException">A part is not a word.</exception>
    internal static Platform FromDocument(string os, string architecture, string? variant, string subject) =>
        IsWord(os) && IsWord(architecture) && (string.IsNullOrEmpty(variant) || IsWord(variant))
            ? Normalize(os, architecture, variant)
            : throw new CorruptContentException(
                subject, $"invalid platform {ReferenceGrammar.Quote($"{os}/{architecture}/{variant}")}");

    private static Platform Normalize(string os, string architecture, string? variant)
    {
        (architecture, variant) = (architecture.ToLowerInvariant(), variant?.ToLowerInvariant()) switch
        {
            ("x86_64" or "x86-64" or "amd64", null or "" or "v1") => ("amd64", null),
            ("x86_64" or "x86-64", var v) => ("amd64", v),
            ("aarch64" or "arm64", null or "" or "8" or "v8") => ("arm64", (string?)null),
            ("aarch64", var v) => ("arm64", v),
            ("armhf", _) or ("arm", null or "" or "7") => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
            ("i386" or "i486" or "i586" or "i686" or "x86", _) => ("386", null),
            (var a, "") => (a, null),
            var same => same,
        };
        return new Platform(os.ToLowerInvariant(), architecture, variant);
    }

    private static int VariantNumber(string architecture, string? variant) => (architecture, variant) switch
    {
        ("amd64", null) => 1,
        ("arm64", null) => 8,
        (_, null) => 0,
        (_, { Length: 2 }) when variant[0] == 'v' && char.IsAsciiDigit(variant[1]) => variant[1] - '0',
        _ => -1,
    };

    private static bool IsWord(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(s_word);
}
