using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Native;

namespace FastRun.Engine.Images;

/// <summary>
/// Brings a pulled image to the disk in a process of its own, so that nobody waits: it can be used meanwhile, removed too, and
/// what a power cut takes of it is pulled again.
/// </summary>
public static class SyncImage
{
    /// <summary>The command by which the program knows that it is to do this. No user types it.</summary>
    public const string Command = "sync-image";

    /// <summary>Does it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="imageId">The image's id.</param>
    /// <exception cref="EngineException">No such id, or the disk refused.</exception>
    public static void Run(StateLayout layout, string imageId) =>
        MakeDurable(layout, Digest.TryParse(imageId, out Digest id) ? id : throw EngineException.Invalid($"{imageId}: not an image id"));

    /// <summary>Has it done; where no process can be had, the caller does it.</summary>
    internal static void Start(StateLayout layout, Digest imageId)
    {
        if (DetachedProgram.TryStart(layout, [Command, imageId.ToString()]) != Errno.None)
        {
            MakeDurable(layout, imageId);
        }
    }

    private static void MakeDurable(StateLayout layout, Digest imageId) => EngineErrors.Translated(() =>
    {
        ContainerImageUsers.OpenStore(layout).MakeDurable(imageId);
        return true;
    });
}
