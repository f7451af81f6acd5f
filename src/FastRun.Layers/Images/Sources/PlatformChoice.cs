using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Sources;

/// <summary>Finds the manifest that serves a platform best among what an index lists, through nested indexes.</summary>
/// <param name="subject">What to call the image in an error.</param>
/// <param name="read">Reads and verifies a nested index.</param>
internal sealed class PlatformChoice(string subject, Func<Descriptor, ManifestDocument> read)
{
    private const int MaxNestedIndexes = 4;

    // A hostile index of indexes would otherwise be fetched for years.
    private const int MaxIndexes = 64;

    private int _indexes;

    /// <summary>The best of the candidates.</summary>
    /// <exception cref="PlatformNotFoundException">None is for the platform.</exception>
    internal Descriptor Choose(IReadOnlyList<Descriptor> candidates, Platform wanted)
    {
        Descriptor? best = null;
        int bestDistance = int.MaxValue;
        List<Platform> available = [];
        foreach (Descriptor manifest in Manifests(candidates, MaxNestedIndexes))
        {
            // Where nothing is said, the config is asked when it is read; whoever says it goes first.
            int distance = manifest.Platform is null ? int.MaxValue - 1 : manifest.Platform.DistanceFrom(wanted);
            if (distance >= 0 && distance < bestDistance)
            {
                (best, bestDistance) = (manifest, distance);
            }

            if (manifest.Platform is not null && !available.Contains(manifest.Platform))
            {
                available.Add(manifest.Platform);
            }
        }

        return best ?? throw new PlatformNotFoundException(subject, wanted, available);
    }

    private IEnumerable<Descriptor> Manifests(IReadOnlyList<Descriptor> candidates, int depth)
    {
        foreach (Descriptor descriptor in candidates)
        {
            if (descriptor.IsAttestation || descriptor.ArtifactType is not null)
            {
                continue;
            }

            if (!MediaTypes.IsIndex(descriptor.MediaType))
            {
                yield return descriptor;
                continue;
            }

            if (depth == 0 || ++_indexes > MaxIndexes)
            {
                throw new CorruptContentException(subject, "indexes are nested too deeply");
            }

            foreach (Descriptor nested in Manifests(read(descriptor).Manifests, depth - 1))
            {
                yield return nested;
            }
        }
    }
}
