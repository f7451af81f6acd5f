using System;
using FastRun.Layers.Hosting;

namespace FastRun.RegistryApi;

/// <summary>What a path below <c>/v2/</c> names (distribution-spec 1.1, "Endpoints").</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Repository">The repository's name, not checked yet; empty where the thing belongs to none.</param>
/// <param name="Last">The last part: a digest, a tag, or an upload's id.</param>
internal readonly record struct RegistryRoute(RouteKind Kind, string Repository = "", string Last = "")
{
    private const string Root = "/v2/";

    /// <summary>Reads a path. A repository's name may hold any of the words, so it is read from its end.</summary>
    internal static RegistryRoute Parse(string path)
    {
        if (path is "/v2" or Root)
        {
            return new RegistryRoute(RouteKind.Version);
        }

        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return default;
        }

        if (path == Root + "_catalog")
        {
            return new RegistryRoute(RouteKind.Catalog);
        }

        ReadOnlySpan<char> rest = path.AsSpan(Root.Length);
        ReadOnlySpan<char> last = TakeLast(ref rest);
        ReadOnlySpan<char> word = TakeLast(ref rest);
        if (word is "blobs" && last is "uploads")
        {
            // Without the slash at the end, as some write it.
            return new RegistryRoute(RouteKind.Upload, rest.ToString());
        }

        RouteKind kind = word switch
        {
            "manifests" => RouteKind.Manifest,
            "blobs" => RouteKind.Blob,
            "referrers" => RouteKind.Referrers,
            "tags" when last is "list" => RouteKind.Tags,
            "uploads" when TakeLast(ref rest) is "blobs" => RouteKind.Upload,
            _ => RouteKind.None,
        };
        return kind == RouteKind.None ? default : new RegistryRoute(kind, rest.ToString(), last.ToString());
    }

    /// <summary>The repository.</summary>
    /// <exception cref="HostingException">Its name breaks the grammar.</exception>
    internal RepositoryName Name => RepositoryName.TryParse(Repository, out RepositoryName name)
        ? name
        : throw new HostingException(HostingFault.NameInvalid, "the repository's name is invalid");

    private static ReadOnlySpan<char> TakeLast(ref ReadOnlySpan<char> path)
    {
        int slash = path.LastIndexOf('/');
        ReadOnlySpan<char> last = path[(slash + 1)..];
        path = slash < 0 ? [] : path[..slash];
        return last;
    }
}
