using System;

namespace FastRun.DockerApi.Images;

/// <summary>The name of an image and the tag beside it, as clients send them: <c>repo</c>, <c>fromImage</c> or a path, and <c>tag</c>.</summary>
internal static class TaggedName
{
    /// <summary>One name: the tag beside it goes before one in it, and a digest in it before both.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tag">A tag, or for a pull a digest; null or empty for none.</param>
    internal static string Of(string name, string? tag) =>
        string.IsNullOrEmpty(tag) || name.Contains('@', StringComparison.Ordinal) ? name
        : tag.Contains(':', StringComparison.Ordinal) ? $"{Bare(name)}@{tag}"
        : $"{Bare(name)}:{tag}";

    /// <summary>Whether neither a tag nor a digest is in it.</summary>
    internal static bool IsBare(string name) => !name.Contains('@', StringComparison.Ordinal) && name.LastIndexOf(':') <= name.LastIndexOf('/');

    /// <summary>The name without its tag.</summary>
    internal static string Bare(string name) => name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/') ? name[..colon] : name;
}
