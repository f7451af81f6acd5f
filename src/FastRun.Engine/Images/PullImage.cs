using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Images;

/// <summary>Brings an image from its registry, or all tags of a repository.</summary>
public sealed class PullImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Where credentials come from; null for this user's own.</summary>
    public IRegistryCredentials? Credentials { get; init; }

    /// <summary>Pulls an image; a process of its own brings it to the disk.</summary>
    /// <param name="name">Its name with a tag or a digest; without both, the tag is <c>latest</c>.</param>
    /// <param name="platform">For which platform; null for the host's.</param>
    /// <param name="observer">Hears how it gets on.</param>
    /// <exception cref="EngineException">It cannot be had, or a signal came.</exception>
    public PullResult Run(string name, Platform? platform, LoadObserver observer) =>
        Pulling(observer, _ => Pull(Parse(name), platform, observer));

    /// <summary>Pulls all tags of a repository, in the registry's order.</summary>
    /// <param name="name">A name without a tag and a digest.</param>
    /// <param name="platform">For which platform; null for the host's.</param>
    /// <param name="observer">Hears how they get on.</param>
    /// <param name="pulled">Called after each tag.</param>
    /// <exception cref="EngineException">One cannot be had, or a signal came.</exception>
    public void RunAll(string name, Platform? platform, LoadObserver observer, Action<PullResult> pulled)
    {
        ArgumentNullException.ThrowIfNull(pulled);
        ImageReference repository = Parse(name);
        if (HasTag(repository, name))
        {
            throw EngineException.Invalid("tag can't be used with --all-tags/-a");
        }

        Pulling(observer, _ =>
        {
            IReadOnlyList<string> tags = ImageStore.ListRemoteTags(repository, RegistryAccess.Options(observer.Cancellation, credentials: Credentials));
            if (tags.Count == 0)
            {
                throw new EngineException(ErrorKind.NotFound, $"{repository.FamiliarName}: the repository has no tags");
            }

            foreach (string tag in tags)
            {
                pulled(Pull(new ImageReference(repository.Registry, repository.Repository, tag), platform, observer));
            }

            return true;
        });
    }

    /// <summary>Runs something that fetches, so that a signal ends it and leaves nothing; or what the observer says, where it does.</summary>
    internal static T Pulling<T>(LoadObserver observer, Func<LoadObserver, T> operation) => Interruptible.Run(
        stop =>
        {
            observer.Cancellation = stop;
            return operation(observer);
        },
        observer.End,
        observer.Cancellation);

    /// <summary>Whether a tag or a digest was typed.</summary>
    internal static bool HasTag(ImageReference reference, string typed) => reference.Digest is not null
        || reference.Tag != ImageReference.DefaultTag || typed.EndsWith(":" + reference.Tag, StringComparison.Ordinal);

    private static ImageReference Parse(string name)
    {
        ImageLocation location = EngineErrors.Translated(() => ImageLocation.Parse(name));
        return location.Transport == ImageTransport.Registry && location.Reference is { } reference
            ? reference
            : throw EngineException.Invalid($"{name}: not the name of a registry's image");
    }

    private PullResult Pull(ImageReference reference, Platform? platform, LoadObserver observer)
    {
        PullResult result;
        Digest imageId;
        using (PulledImage pulled = _store.Pull(reference, platform, RegistryAccess.Options(observer.Cancellation, credentials: Credentials), observer))
        {
            observer.Completed(pulled);
            ImageEvents.Note(layout, "pull", reference.ToFamiliarString(), reference.FamiliarName);
            result = new PullResult(pulled.Reference, pulled.Digest, pulled.IsNew);
            imageId = pulled.Lease.Record.ImageId;
            if (pulled.Lease.IsDurable)
            {
                return result;
            }
        }

        // Not before the lease is gone: a process that is being started has the lock, too, for a moment.
        SyncImage.Start(layout, imageId);
        return result;
    }
}
