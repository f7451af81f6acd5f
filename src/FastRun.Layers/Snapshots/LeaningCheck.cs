using System.Linq;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>Whether what a layer leans on comes out otherwise on top of given layers.</summary>
internal static class LeaningCheck
{
    internal static LeaningEffect Check(Leanings leanings, LowerView lowers)
    {
        if (leanings.OpenHardLinks.Count > 0
            || leanings.LateParents.Any(path => IsLink(lowers, path))
            || leanings.WhiteoutParents.Any(path => lowers.Find(LayerPath.FromText(path)) is not { Status.IsDirectory: true }))
        {
            return LeaningEffect.Structure;
        }

        LeaningEffect effect = LeaningEffect.None;
        foreach (string parent in leanings.ImplicitParents)
        {
            LowerEntry? lower = lowers.Find(LayerPath.FromText(parent));
            if (lower?.LinkTarget is not null)
            {
                return LeaningEffect.Structure;
            }

            if (lower is { Status.IsDirectory: true } && !IsDefault(lower))
            {
                effect = LeaningEffect.Attributes;
            }
        }

        return effect;
    }

    private static bool IsLink(LowerView lowers, string path) =>
        lowers.Find(LayerPath.FromText(path)) is { LinkTarget: not null };

    /// <summary>
    /// Whether a directory below has what a directory without an entry gets. The root's times are nobody's: every engine
    /// mounts a fresh upper over them.
    /// </summary>
    private static bool IsDefault(LowerEntry lower) =>
        lower.Status is { Permissions: LayerTree.DefaultPermissions, Uid: 0, Gid: 0 } status
        && (status.Modified == default(FileTime) || lower.Path.Length == 0)
        && lower.ToMetadata().Attributes.Length == 0;
}
