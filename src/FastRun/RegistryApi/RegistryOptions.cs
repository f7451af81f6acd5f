using System;
using FastRun.Http;

namespace FastRun.RegistryApi;

/// <summary>What a registry lets its clients do.</summary>
internal sealed record RegistryOptions
{
    /// <summary>Who may come; null for everybody.</summary>
    internal HtpasswdFile? Users { get; init; }

    /// <summary>Takes a line for whoever runs the registry.</summary>
    internal required Action<string> Report { get; init; }

    /// <summary>Where each request is noted; null for nowhere.</summary>
    internal AccessLog? Log { get; init; }

    /// <summary>Whether manifests, tags and blobs can be deleted.</summary>
    internal bool AllowDelete { get; init; }
}
