using System;
using System.Diagnostics.CodeAnalysis;
using FastRun.Layers.Oci;

namespace FastRun.Layers.References;

/// <summary>
/// The name of an image: <c>registry/repository[:tag][@digest]</c>, by the grammar of the distribution project's
/// <c>reference</c> package and with Docker's defaults. Every part is checked before an instance exists, so each is safe
/// to build a path or a URL from: no part is empty, starts with a dot or an underscore (a tag may start with an
/// underscore), or holds a slash that does not separate components.
/// </summary>
public sealed record ImageReference
{
    /// <summary>The registry that names without one belong to.</summary>
    public const string DefaultRegistry = "docker.io";

    /// <summary>The registry of images that never came from one.</summary>
    public const string LocalRegistry = "localhost";

    /// <summary>What stands in the registry's place of a snapshot's name: no registry can be called that, so no text is taken for such a name.</summary>
    public const string SnapshotRegistry = "_snapshots";

    /// <summary>The tag that names without a tag and a digest mean.</summary>
    public const string DefaultTag = "latest";

    private const string LegacyDefaultRegistry = "index.docker.io";
    private const string OfficialPrefix = "library/";

    /// <summary>Names an image.</summary>
    /// <exception cref="ReferenceFormatException">A part breaks the grammar.</exception>
    public ImageReference(string registry, string repository, string? tag, Digest? digest = null)
    {
        string text = $"{registry}/{repository}" + (tag is null ? "" : ":" + tag) + (digest is null ? "" : "@" + digest);
        if (!(ReferenceGrammar.IsRegistry(registry) || registry == SnapshotRegistry)
            || !ReferenceGrammar.IsRepository(repository)
            || (tag is not null && !ReferenceGrammar.IsTag(tag)))
        {
            throw new ReferenceFormatException($"{ReferenceGrammar.Quote(text)}: invalid reference format");
        }

        (Registry, Repository, Tag, Digest) = (registry, repository, tag, digest);
    }

    private ImageReference(string registry, string repository, string? tag, Digest? digest, bool isShort)
    {
        (Registry, Repository, Tag, Digest, IsShort) = (registry, repository, tag, digest, isShort);
    }

    /// <summary>The registry's host, with its port if it has one: <c>docker.io</c>, <c>localhost:5000</c>.</summary>
    public string Registry { get; }

    /// <summary>The repository's path: <c>library/busybox</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null where only a digest was given.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest or index, if one was given. It outranks the tag.</summary>
    public Digest? Digest { get; }

    /// <summary>Whether no registry was typed, so that an image of <see cref="LocalRegistry"/> may be meant.</summary>
    public bool IsShort { get; }

    /// <summary>Whether this is a snapshot's name, which belongs to this machine alone.</summary>
    public bool IsSnapshot => Registry == SnapshotRegistry;

    /// <summary>A snapshot's name as users write it: without the tag that it has unless another one was given.</summary>
    public string SnapshotName => Tag == DefaultTag ? Repository : Repository + Suffix;

    /// <summary>The name as users write it: without the defaults' registry and <c>library/</c>.</summary>
    public string FamiliarName =>
        IsSnapshot ? Repository
        : Registry != DefaultRegistry ? $"{Registry}/{Repository}"
        : Repository.StartsWith(OfficialPrefix, StringComparison.Ordinal) && Repository.LastIndexOf('/') == OfficialPrefix.Length - 1
            ? Repository[OfficialPrefix.Length..]
            : Repository;

    /// <summary>The whole reference as users write it: <c>busybox:latest</c>.</summary>
    public string ToFamiliarString() => IsSnapshot ? "snapshot:" + SnapshotName : FamiliarName + Suffix;

    /// <summary>The same name in <see cref="LocalRegistry"/>: what a short name means where Docker Hub's is not there.</summary>
    public ImageReference ToLocal() => new(LocalRegistry, ShortRepository, Tag, Digest, isShort: false);

    /// <summary>The snapshot of the same short name.</summary>
    public ImageReference ToSnapshot() => new(SnapshotRegistry, ShortRepository, Tag, Digest, isShort: false);

    /// <summary>The names of images that a snapshot's name, typed alone, could mean as well.</summary>
    public ImageReference[] NamesOfImages() =>
    [
        new(DefaultRegistry, Repository.Contains('/', StringComparison.Ordinal) ? Repository : OfficialPrefix + Repository, Tag),
        new(LocalRegistry, Repository, Tag),
    ];

    /// <summary>Parses what a user typed, or what stands in an archive.</summary>
    /// <exception cref="ReferenceFormatException">It is not a reference.</exception>
    public static ImageReference Parse(string text)
    {
        string? error = ParseParts(text, out ImageReference? reference);
        return error is null ? reference! : throw new ReferenceFormatException($"{ReferenceGrammar.Quote(text)}: {error}");
    }

    /// <summary>Parses a reference; false where it is not one.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        return text is not null && ParseParts(text, out reference) is null;
    }

    /// <summary>Returns the full form: <c>docker.io/library/busybox:latest</c>.</summary>
    public override string ToString() =>
        $"{Registry}/{Repository}{Suffix}";

    private string ShortRepository =>
        Repository.StartsWith(OfficialPrefix, StringComparison.Ordinal) ? Repository[OfficialPrefix.Length..] : Repository;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static string? ParseParts(string text, out ImageReference? reference)
    {
        const string invalid = "invalid reference format";
        reference = null;
        if (text.Length == 0)
        {
            return invalid + ": the name is empty";
        }

        if (ReferenceGrammar.IsImageId(text))
        {
            return "invalid repository name: cannot be a 64-digit hexadecimal string";
        }

        string rest = text;
        Digest? digest = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Oci.Digest.TryParse(rest[(at + 1)..], out Digest parsed))
            {
                return invalid + ": the digest must be sha256: and 64, or sha512: and 128, lower-case hexadecimal digits";
            }

            (digest, rest) = (parsed, rest[..at]);
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/') && !(colon >= 0 && rest.EndsWith(']')))
        {
            (tag, rest) = (rest[(colon + 1)..], rest[..colon]);
            if (!ReferenceGrammar.IsTag(tag))
            {
                return invalid + ": a tag has 1 to 128 letters, digits, '_', '.' and '-', and does not start with '.' or '-'";
            }
        }

        (string registry, string repository, bool isShort) = SplitRegistry(rest);
        if (repository.Length == 0)
        {
            return invalid + ": the repository is missing";
        }

        if (ReferenceGrammar.HasUpperCase(repository))
        {
            return invalid + $": repository name ({ReferenceGrammar.Quote(repository)}) must be lowercase";
        }

        if (repository.Length > ReferenceGrammar.MaxRepositoryLength)
        {
            return "repository name must not be more than 255 characters";
        }

        if (!ReferenceGrammar.IsRegistry(registry) || !ReferenceGrammar.IsRepository(repository))
        {
            return invalid;
        }

        tag ??= digest is null ? DefaultTag : null;
        reference = new ImageReference(registry, repository, tag, digest, isShort);
        return null;
    }

    /// <summary>
    /// The first component is a registry if it could not be part of a path: it holds a dot, a colon or an upper-case
    /// letter, or is <c>localhost</c>.
    /// </summary>
    private static (string Registry, string Repository, bool IsShort) SplitRegistry(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool named = first.AsSpan().ContainsAny('.', ':') || first == LocalRegistry || ReferenceGrammar.HasUpperCase(first);
        string registry = named ? first : DefaultRegistry;
        string repository = named ? name[(slash + 1)..] : name;
        if (registry == LegacyDefaultRegistry)
        {
            registry = DefaultRegistry;
        }

        if (registry == DefaultRegistry && !repository.Contains('/', StringComparison.Ordinal) && repository.Length > 0)
        {
            repository = OfficialPrefix + repository;
        }

        return (registry, repository, !named);
    }
}
