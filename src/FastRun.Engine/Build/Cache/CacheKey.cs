using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;

namespace FastRun.Engine.Build.Cache;

/// <summary>
/// Makes the key of a step: the sha256 of all that its result depends on. Every part is written with its length, so no two
/// different lists of parts are the same bytes.
/// </summary>
internal sealed class CacheKey : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins a key.</summary>
    /// <param name="kind">The kind of step, with a version that changes when the same parts lead to another result.</param>
    internal CacheKey(string kind) => Add(kind);

    /// <summary>Adds a text.</summary>
    internal CacheKey Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a text, or that there is none.</summary>
    internal CacheKey AddOptional(string? text) => text is null ? Add(-1) : Add(text);

    /// <summary>Adds a list.</summary>
    internal CacheKey Add(IReadOnlyList<string> texts)
    {
        Add(texts.Count);
        foreach (string text in texts)
        {
            Add(text);
        }

        return this;
    }

    /// <summary>Adds a number.</summary>
    internal CacheKey Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a choice.</summary>
    internal CacheKey Add(bool value) => Add(value ? 1 : 0);

    /// <summary>The key: 64 hex digits. Nothing can be added afterwards.</summary>
    internal string Finish()
    {
        string key = Convert.ToHexStringLower(_hash.GetHashAndReset());
        Dispose();
        return key;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
