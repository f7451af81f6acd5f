using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Images;

/// <summary>
/// What a run does about an image that is not here, or may not be the newest: the policies of <c>--pull</c>, and
/// <c>--offline</c>. Apart from the look-up, so that the start of an image that is here touches nothing of it.
/// </summary>
internal sealed class ImagePulling(
    StateLayout layout, ImageStore store, ImageLocation location, ContainerCreateRequest request, RunOptions options)
{
    /// <summary>Brings the image.</summary>
    /// <param name="state">What the look-up found; absent where there was none.</param>
    /// <exception cref="EngineException">It is not here and may not be, or cannot be, pulled.</exception>
    internal ImageLease Pull(RecordState state)
    {
        if (location.Reference is not { } reference || reference.Registry == ImageReference.LocalRegistry || store.HasSnapshot(reference))
        {
            return store.Open(location, request.Platform);
        }

        if (request.Offline && request.PullPolicy == PullPolicy.Always)
        {
            throw EngineException.Invalid("--offline and --pull always exclude each other");
        }

        if (request.Offline || request.PullPolicy == PullPolicy.Never)
        {
            throw NotHere(reference, state);
        }

        if (request.PullPolicy == PullPolicy.Newer)
        {
            return PullNewer(reference);
        }

        if (request.PullPolicy == PullPolicy.Missing)
        {
            TellWhy(reference, state);
        }

        return Fetch(reference);
    }

    /// <summary>The registry is asked, but an image that is here does without its answer.</summary>
    private ImageLease PullNewer(ImageReference reference)
    {
        ImageLease? local = store.TryOpen(location, request.Platform, out RecordState state);
        if (local is null)
        {
            TellWhy(reference, state);
            return Fetch(reference);
        }

        try
        {
            ImageLease newer = Fetch(reference);
            local.Dispose();
            return newer;
        }
        catch (EngineException exception) when (exception.InnerException is RegistryException)
        {
            options.Diagnostics($"fastrun: {exception.Message}: using the local copy\n");
            return local;
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    private ImageLease Fetch(ImageReference reference) => PullImage.Pulling(options.Observed(options.Pulling()), observer =>
    {
        PulledImage pulled = store.Pull(
            reference,
            request.Platform,
            RegistryAccess.Options(observer.Cancellation),
            observer,
            takeOthers: request.PullPolicy == PullPolicy.Missing);
        observer.Completed(pulled);
        ImageEvents.Note(layout, "pull", reference.ToFamiliarString(), reference.FamiliarName);
        return pulled.Lease;
    });

    private void TellWhy(ImageReference reference, RecordState state)
    {
        string name = reference.ToFamiliarString();
        switch (state)
        {
            case RecordState.Lost:
                options.Diagnostics($"fastrun: {name}: the image had not reached the disk when the machine lost power: pulling it again\n");
                break;
            case RecordState.Damaged:
                options.Diagnostics($"fastrun: {name}: the image's record is damaged: pulling it again\n");
                break;
            default:
                break;
        }
    }

    private EngineException NotHere(ImageReference reference, RecordState state)
    {
        string forbidden = request.Offline ? "--offline" : "--pull never";
        IReadOnlyList<Digest> missing = store.MissingContent(reference);
        string problem = missing.Count > 0
            ? $"missing on this machine, and {forbidden} forbids to pull: {string.Join(", ", missing.Select(digest => digest.ToString()))}"
            : state switch
            {
                RecordState.Lost => $"the image had not reached the disk when the machine lost power, and {forbidden} forbids to pull it again",
                RecordState.Damaged => $"the image's record is damaged, and {forbidden} forbids to pull it again",
                _ => $"no such image on this machine{(reference.Digest is null ? "" : ": missing " + reference.Digest)}, and {forbidden} forbids to pull it",
            };
        return new EngineException(
            ErrorKind.NotFound,
            $"{reference.ToFamiliarString()}: {problem}",
            hint: $"fastrun pull {reference.ToFamiliarString()}");
    }
}
