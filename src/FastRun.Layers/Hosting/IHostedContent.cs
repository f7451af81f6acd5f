using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Hosting;

/// <summary>What a registry of ours serves, wherever it has it. Many may ask at once.</summary>
public interface IHostedContent
{
    /// <summary>A manifest; null where the repository has none of that name.</summary>
    /// <exception cref="HostingException">Whoever has it does not give it.</exception>
    ValueTask<HostedManifest?> FindManifestAsync(RepositoryName repository, ManifestReference reference, CancellationToken cancellation);

    /// <summary>How large a blob is; null where the repository has none.</summary>
    /// <exception cref="HostingException">Whoever has it does not say.</exception>
    ValueTask<long?> FindBlobSizeAsync(RepositoryName repository, Digest digest, CancellationToken cancellation);

    /// <summary>A blob; null where the repository has none.</summary>
    /// <exception cref="HostingException">Whoever has it does not give it.</exception>
    ValueTask<HostedBlob?> FindBlobAsync(RepositoryName repository, Digest digest, CancellationToken cancellation);

    /// <summary>The tags, in <see cref="RegistryDirectory.Order"/>; null where there is no such repository.</summary>
    /// <exception cref="HostingException">Whoever has them does not give them.</exception>
    ValueTask<IReadOnlyList<string>?> ListTagsAsync(RepositoryName repository, CancellationToken cancellation);

    /// <summary>The manifests that refer to one, by digest.</summary>
    /// <exception cref="HostingException">Whoever has them does not give them.</exception>
    ValueTask<IReadOnlyList<Referrer>> ListReferrersAsync(RepositoryName repository, Digest subject, CancellationToken cancellation);

    /// <summary>The repositories that are here, in <see cref="RegistryDirectory.Order"/>.</summary>
    IReadOnlyList<RepositoryName> ListRepositories();
}
