using System;

namespace FastRun.RegistryApi;

/// <summary>What a registry lets its clients do.</summary>
internal sealed record RegistryOptions
{
    /// <summary>Who may come; null for everybody.</summary>
    internal HtpasswdFile? Users { get; init; }

    /// <summary>Takes a line for whoever runs the registry.</summary>
    internal required Action<string> Report { get; init; }

    /// <summary>Whether manifests, tags and blobs can be deleted.</summary>
    internal bool AllowDelete { get; init; }
}
