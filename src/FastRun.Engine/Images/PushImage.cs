using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Images;

/// <summary>Brings an image to the registry that one of its names belongs to, or all tags of a repository.</summary>
public sealed class PushImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Where credentials come from; null for this user's own.</summary>
    public IRegistryCredentials? Credentials { get; init; }

    /// <summary>Ends a push; without one, signals do.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Pushes an image.</summary>
    /// <param name="name">Its name; without a tag it is <c>latest</c>.</param>
    /// <param name="request">How.</param>
    /// <param name="observer">Hears how it gets on.</param>
    /// <exception cref="EngineException">There is no such image, the registry does not take it, or a signal came.</exception>
    public PushedImage Run(string name, PushRequest request, PushObserver observer)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        PushOptions options = OptionsOf(request);
        return Interruptible.Run(stop => Push(Parse(name), options, request.Annotations, observer, stop), observer.End, Cancellation);
    }

    /// <summary>Pushes all tags that a repository has here.</summary>
    /// <param name="name">A name without a tag.</param>
    /// <param name="request">How.</param>
    /// <param name="observer">Hears how they get on.</param>
    /// <param name="pushed">Called after each tag.</param>
    /// <exception cref="EngineException">There is none, the registry does not take one, or a signal came.</exception>
    public void RunAll(string name, PushRequest request, PushObserver observer, Action<PushedImage> pushed)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(pushed);
        ImageReference repository = Parse(name);
        if (PullImage.HasTag(repository, name))
        {
            throw EngineException.Invalid("tag can't be used with --all-tags/-a");
        }

        PushOptions options = OptionsOf(request);
        Interruptible.Run(
            stop =>
            {
                IReadOnlyList<ImageReference> tags = _store.TagsOf(
                    new ImageReference(repository.Registry, repository.Repository, ImageReference.DefaultTag));
                if (tags.Count == 0)
                {
                    throw new EngineException(ErrorKind.NotFound, $"{repository.FamiliarName}: no image has a tag of this repository");
                }

                foreach (ImageReference tag in tags)
                {
                    pushed(Push(tag, options, request.Annotations, observer, stop));
                }

                return true;
            },
            observer.End,
            Cancellation);
    }

    private static ImageReference Parse(string name)
    {
        ImageLocation location = EngineErrors.Translated(() => ImageLocation.Parse(name));
        if (location.Transport != ImageTransport.Registry || location.Reference is not { } reference)
        {
            throw EngineException.Invalid($"{name}: not the name of a registry's image");
        }

        return reference.Digest is null ? reference : throw EngineException.Invalid($"{name}: cannot push a digest reference");
    }

    private static PushOptions OptionsOf(PushRequest request)
    {
        (string where, string? text) = ("--compression", request.Compression);
        if (text is null && EngineErrors.Translated(ConfigurationFiles.Load).Compression is { } configured)
        {
            (where, text) = (configured.File + ": \"compression\"", configured.Compression);
        }

        LayerCompression compression = text is null ? LayerCompression.Default
            : LayerCompression.TryParse(text) ?? throw EngineException.Invalid($"{where}: must be gzip[:1-9] or zstd[:1-19], not '{text}'");
        return new PushOptions { Platform = request.Platform, Compression = compression, ForceCompression = request.ForceCompression };
    }

    private PushedImage Push(
        ImageReference name, PushOptions options, IReadOnlyList<ImageAnnotation> annotations, PushObserver observer, CancellationToken stop)
    {
        RegistryClientOptions registry = RegistryAccess.Options(stop, credentials: Credentials);
        PushedImage pushed = TryPushList(name, options, annotations, registry, observer)
            ?? _store.Push(name, options with { Annotations = ImageAnnotation.Of(annotations, AnnotatedPart.Manifest) }, registry, observer);
        observer.Completed(pushed);
        ImageEvents.Note(layout, "push", name.ToFamiliarString(), name.FamiliarName);
        return pushed;
    }

    /// <summary>
    /// Pushes what was built for several platforms with all of them, where the name still means one of its images here and no platform was
    /// asked for.
    /// </summary>
    private PushedImage? TryPushList(
        ImageReference name, PushOptions options, IReadOnlyList<ImageAnnotation> annotations, RegistryClientOptions registry, PushObserver observer)
    {
        ImageReference tagged = new(name.Registry, name.Repository, name.Tag ?? ImageReference.DefaultTag);
        if (options.Platform is not null || new ManifestListStore(layout).TryRead(tagged) is not { IsLocal: true } list)
        {
            return null;
        }

        Digest image;
        using (ImageLease? own = _store.TryOpen(ImageLocation.Parse(tagged.ToString()), platform: null, out _))
        {
            if (own is null || !list.Manifests.Any(member => member.ImageId == own.Record.ImageId))
            {
                return null;
            }

            image = own.Record.ImageId;
        }

        ManifestList there = list with
        {
            Annotations = ImageAnnotation.Of(annotations, AnnotatedPart.Index),
            Manifests = [.. list.Manifests.Select(member => _store.PushMember(
                member with { Annotations = ImageAnnotation.Of(annotations, AnnotatedPart.ManifestDescriptor, member.Platform.Built) },
                tagged,
                options with { Annotations = ImageAnnotation.Of(annotations, AnnotatedPart.Manifest, member.Platform.Built) },
                registry,
                observer))],
        };
        Digest digest = new ManifestListRemote(registry).Push(there);
        return new PushedImage(tagged, image, digest, there.ToIndex().Length);
    }
}
