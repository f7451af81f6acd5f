using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Headers;

namespace FastRun.Layers.Registry;

/// <summary>One question to a repository, before it is known which endpoint answers it.</summary>
/// <param name="Method">GET or HEAD; of an upload also POST, PATCH, PUT and DELETE.</param>
/// <param name="Path">The path behind <c>/v2/&lt;repository&gt;/</c>; made of checked parts only.</param>
/// <param name="Subject">What is asked for, as messages call it.</param>
internal sealed record RegistryRequest(HttpMethod Method, string Path, string Subject)
{
    /// <summary>The query, without its question mark.</summary>
    internal string? Query { get; init; }

    /// <summary>The media types that are understood; null for any.</summary>
    internal string? Accept { get; init; }

    /// <summary>The first byte that is wanted; 0 for the whole.</summary>
    internal long Offset { get; init; }

    /// <summary>The last byte that is wanted; null for all to the end.</summary>
    internal long? LastByte { get; init; }

    /// <summary>Both as a header field; null for the whole.</summary>
    internal RangeHeaderValue? Range => Offset > 0 || LastByte is not null ? new RangeHeaderValue(Offset, LastByte) : null;

    /// <summary>What is missing where the answer is 404.</summary>
    internal string Noun { get; init; } = "manifest";

    /// <summary>What is done with the repository, as an error calls it.</summary>
    internal string Verb { get; init; } = "pull";

    /// <summary>Where it goes instead of the path: an address that the registry gave, and that was checked.</summary>
    internal Uri? Target { get; init; }

    /// <summary>Makes the body, anew for each attempt; null for none.</summary>
    internal Func<HttpContent>? Body { get; init; }

    /// <summary>Whether its failure is told at once, because what of it arrived must be known before it is made again.</summary>
    internal bool IsOnce { get; init; }

    /// <summary>What a token must allow besides the repository's own, as the token server spells it.</summary>
    internal IReadOnlyList<string> Scopes { get; init; } = [];
}
