using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>What there is: repositories, tags, referrers.</content>
public sealed partial class RegistryDirectory
{
    /// <summary>The order in which lists are: that of the alphabet whatever the case (distribution-spec, "Listing Tags").</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(static (one, other) =>
    {
        int order = string.Compare(one, other, StringComparison.OrdinalIgnoreCase);
        return order != 0 ? order : string.CompareOrdinal(one, other);
    });

    /// <summary>The tags of a repository, in <see cref="Order"/>.</summary>
    public IReadOnlyList<string> ListTags(RepositoryName repository)
    {
        List<string> tags = [];
        foreach (DirectoryEntry entry in _files.List(Repository(repository) + "/_tags"))
        {
            if (ReferenceGrammar.IsTag(entry.Text))
            {
                tags.Add(entry.Text);
            }
        }

        tags.Sort(Order);
        return tags;
    }

    /// <summary>All repositories, in <see cref="Order"/>.</summary>
    public IReadOnlyList<RepositoryName> ListRepositories()
    {
        List<RepositoryName> found = [];
        FindRepositories("", found);
        found.Sort(static (one, other) => Order.Compare(one.ToString(), other.ToString()));
        return found;
    }

    /// <summary>The manifests of a repository that refer to one, which need not be there itself; by digest.</summary>
    public IReadOnlyList<Referrer> ListReferrers(RepositoryName repository, Digest subject)
    {
        List<Referrer> found = [];
        List<Digest> digests = [];
        foreach (DirectoryEntry entry in _files.List(ReferrersPath(repository, subject)))
        {
            if (Digest.TryParse(entry.Text, out Digest digest))
            {
                digests.Add(digest);
            }
        }

        digests.Sort(static (one, other) => string.CompareOrdinal(one.ToString(), other.ToString()));
        foreach (Digest digest in digests)
        {
            if (FindManifest(repository, ManifestReference.Of(digest)) is { } manifest)
            {
                found.Add(Describe(manifest));
            }
        }

        return found;
    }

    private static Referrer Describe(HostedManifest manifest)
    {
        (ManifestDocument document, ReferrerFields fields) = ReadManifest(manifest.Bytes, manifest.MediaType);
        return new Referrer(
            new Descriptor(manifest.MediaType, manifest.Digest, manifest.Bytes.Length),
            fields.ArtifactType ?? document.Config?.MediaType,
            fields.Annotations);
    }

    private void NoteReferrer(RepositoryName repository, Digest digest, ManifestDocument document, ReferrerFields fields)
    {
        if (fields.Subject is { } subject)
        {
            _files.WriteText($"{ReferrersPath(repository, subject.Digest)}/{digest}", document.MediaType);
        }
    }

    private void ForgetReferrer(RepositoryName repository, Digest digest)
    {
        if (_files.TryRead(BlobPath(digest), MaxManifestSize) is { } bytes
            && ReadManifest(bytes, mediaType: null).Fields.Subject is { } subject)
        {
            _files.Remove($"{ReferrersPath(repository, subject.Digest)}/{digest}");
        }
    }

    private void FindRepositories(string prefix, List<RepositoryName> found)
    {
        bool isRepository = false;
        foreach (DirectoryEntry entry in _files.List("repositories/" + prefix))
        {
            if (entry.Name[0] == '_')
            {
                isRepository |= prefix.Length > 0;
            }
            else if (RepositoryName.TryParse(prefix + entry.Text, out _))
            {
                FindRepositories($"{prefix}{entry.Text}/", found);
            }
        }

        if (isRepository && RepositoryName.TryParse(prefix.TrimEnd('/'), out RepositoryName name))
        {
            found.Add(name);
        }
    }

    private static string ReferrersPath(RepositoryName repository, Digest subject) =>
        $"{Repository(repository)}/_referrers/{subject.Algorithm}/{subject.Hex}";
}
