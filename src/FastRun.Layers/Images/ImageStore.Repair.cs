using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Replacing what is damaged.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Fetches an image's damaged layers and documents again from the registries that its names belong to. All names stay. The
    /// damaged layers go; another image that uses one of them is then repaired by the same call for that image, which
    /// fetches nothing.
    /// </summary>
    /// <param name="imageId">The image.</param>
    /// <param name="damagedLayers">Local ids of layers that cannot be trusted; those that are gone already count as well.</param>
    /// <param name="registry">How to reach registries.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <returns>The name that it was fetched by.</returns>
    /// <exception cref="ImageNotFoundException">There is no such image, or no registry that it came from.</exception>
    /// <exception cref="ImageInUseException">A sandbox runs from it.</exception>
    /// <exception cref="RegistryException">
    /// The registry does not give it. Where it is out, or does not know the image, nothing was changed; where a layer could not
    /// be had, the image is unusable and stays listed as damaged.
    /// </exception>
    public ImageReference Repair(
        Digest imageId, IReadOnlyCollection<string> damagedLayers, RegistryClientOptions registry, LoadObserver observer)
    {
        List<ImageName> names = _names.All().FindAll(name => name.ImageIdHex == imageId.Hex);
        List<ImageName> manifests = names.FindAll(static name =>
            name.Reference.Digest is not null && name.Reference.Registry != ImageReference.LocalRegistry);
        ImageReference source = manifests.Find(static name => name.Next is null)?.Reference
            ?? throw new ImageNotFoundException(imageId.ToString(), "no registry is known that the image came from");
        Platform? platform = _records.TryRead(imageId.Hex, out _)?.Platform;
        using (RegistryClient client = new(source, registry))
        {
            // Before anything is discarded: a registry that is out changes nothing.
            client.ResolveDigest(source);
        }

        DiscardDamaged(damagedLayers);
        using PulledImage pulled = Pull(source, platform, registry, observer);
        pulled.Lease.MakeDurable();

        // The image is whole again, but other manifests and indexes may lead to it.
        ContentStore content = new(_layout);
        foreach (ImageName other in manifests.Where(name => !content.IsIntact(name.Manifest!.Value)))
        {
            Pull(other.Reference, platform, registry, observer).Dispose();
        }

        return source;
    }

    /// <summary>Nobody may use an image that has one of the layers: the exclusive locks on their records show that.</summary>
    private void DiscardDamaged(IReadOnlyCollection<string> damagedLayers)
    {
        LayerStore layers = new(_layout);
        List<FileLock> held = [];
        using FileLock alone = layers.Lock(FileLockMode.Exclusive);
        try
        {
            foreach (string imageId in _records.All())
            {
                if (_records.TryRead(imageId, out _) is not { } record || !record.LayerIds.Any(damagedLayers.Contains))
                {
                    continue;
                }

                string path = Path.Combine(_layout.ImageIds, imageId);
                FileLock? one = FileLock.TryAcquireTarget(null, path, FileLockMode.Exclusive, out _, out Errno errno);
                if (one is not null)
                {
                    held.Add(one);
                }
                else if (errno != Errno.ENOENT)
                {
                    throw errno == Errno.EAGAIN
                        ? new ImageInUseException("sha256:" + imageId)
                        : new SyscallException("flock", errno, path);
                }
            }

            foreach (string localId in damagedLayers)
            {
                layers.Discard(localId);
            }
        }
        finally
        {
            held.ForEach(static one => one.Dispose());
        }
    }
}
