using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using FastRun.Engine.Build.Graph;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Images;

/// <summary>
/// Makes images for several platforms and their index. On this machine the names mean the image that this machine runs, as after a pull
/// of the index; the index is a manifest list of the same name, which a push brings to the registry with all its members.
/// </summary>
internal static class BuiltIndex
{
    private static readonly ImageReference s_nameless = new(ImageReference.LocalRegistry, "build", ImageReference.DefaultTag);

    /// <summary>Writes them to the store, and waits until they are on the disk.</summary>
    /// <param name="session">The build.</param>
    /// <param name="targets">The target stage for each platform.</param>
    /// <param name="names">What the index is called; none for one that only its digest names.</param>
    internal static BuiltResult Write(BuildSession session, IReadOnlyList<BuildState> targets, IReadOnlyList<ImageReference> names)
    {
        BuildState own = OfThisMachine(targets);
        List<Digest> images = [];
        foreach (BuildState state in targets)
        {
            images.Add(BuiltImage.Write(session, state, state == own ? names : [], $"exporting to image for {state.Platform}"));
        }

        return session.Observer.Do("exporting manifest list", vertex =>
        {
            List<ListedManifest> members = [.. images.Select(image => Member(session, image))];
            ManifestListStore lists = new(session.Layout);
            foreach (ImageReference name in names)
            {
                lists.Change(name, _ => ListOf(name, members));
                session.Observer.Status(vertex, $"naming to {name} done");
            }

            ManifestList list = ListOf(names.Count > 0 ? names[0] : s_nameless, members);
            Digest id = Digest.FromSha256(SHA256.HashData(list.ToIndex()));
            session.Observer.Status(vertex, $"exporting manifest list {id} done");
            return new BuiltResult(id, list, images);
        });
    }

    /// <summary>The one that a pull would take.</summary>
    private static BuildState OfThisMachine(IReadOnlyList<BuildState> targets) =>
        targets.Where(static state => state.Platform.DistanceFrom(Platform.Host) >= 0)
            .OrderBy(static state => state.Platform.DistanceFrom(Platform.Host))
            .FirstOrDefault() ?? targets[0];

    private static ManifestList ListOf(ImageReference name, List<ListedManifest> members) => new(
        name,
        [.. members.Select(member => member with { Reference = new ImageReference(name.Registry, name.Repository, tag: null, member.Digest) })]);

    private static ListedManifest Member(BuildSession session, Digest image)
    {
        using ImageLease lease = session.Images.Open(ImageLocation.Parse(image.ToString()), platform: null);
        byte[] manifest = session.Images.ManifestOf(new SavedImage(lease, []));
        Digest digest = Digest.FromSha256(SHA256.HashData(manifest));
        Platform platform = lease.Record.Platform;
        return new ListedManifest(
            s_nameless, MediaTypes.OciManifest, digest, manifest, new ListedPlatform(platform.Os, platform.Architecture) { Variant = platform.Variant })
        {
            ImageId = image,
        };
    }
}
