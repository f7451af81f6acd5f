using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Hosting;

/// <content>A directory as what a server serves: nothing of it is ever waited for.</content>
public sealed partial class RegistryDirectory : IHostedContent
{
    /// <inheritdoc/>
    public ValueTask<HostedManifest?> FindManifestAsync(
        RepositoryName repository, ManifestReference reference, CancellationToken cancellation) =>
        ValueTask.FromResult(FindManifest(repository, reference));

    /// <inheritdoc/>
    public ValueTask<long?> FindBlobSizeAsync(RepositoryName repository, Digest digest, CancellationToken cancellation) =>
        ValueTask.FromResult(HasBlob(repository, digest) ? _files.TryStat(BlobPath(digest))?.Size : null);

    /// <inheritdoc/>
    public ValueTask<HostedBlob?> FindBlobAsync(RepositoryName repository, Digest digest, CancellationToken cancellation) =>
        ValueTask.FromResult(FindBlob(repository, digest));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>?> ListTagsAsync(RepositoryName repository, CancellationToken cancellation) =>
        ValueTask.FromResult(HasRepository(repository) ? ListTags(repository) : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Referrer>> ListReferrersAsync(
        RepositoryName repository, Digest subject, CancellationToken cancellation) =>
        ValueTask.FromResult(ListReferrers(repository, subject));
}
