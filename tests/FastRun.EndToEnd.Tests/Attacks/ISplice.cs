using System;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>Compressed data that is put together by hand.</summary>
internal interface ISplice
{
    /// <summary>Adds content as it is.</summary>
    void Add(ReadOnlySpan<byte> content);

    /// <summary>Adds zeros, a multiple of 1 MiB.</summary>
    void AddZeros(long count);

    /// <summary>The whole.</summary>
    byte[] ToArray();
}
