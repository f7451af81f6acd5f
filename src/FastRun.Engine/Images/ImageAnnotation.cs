using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>What a part of an image's documents is annotated with.</summary>
/// <param name="Part">The part.</param>
/// <param name="Platform">Only where it is for this platform; null for each.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
public sealed record ImageAnnotation(AnnotatedPart Part, Platform? Platform, string Key, string Value)
{
    /// <summary>What a part is annotated with, the later one of the same key.</summary>
    /// <param name="annotations">All.</param>
    /// <param name="part">The part.</param>
    /// <param name="platform">What it is for; null where there is only one.</param>
    internal static Dictionary<string, string> Of(IReadOnlyList<ImageAnnotation> annotations, AnnotatedPart part, Platform? platform = null)
    {
        Dictionary<string, string> of = new(StringComparer.Ordinal);
        foreach (ImageAnnotation annotation in annotations)
        {
            if (annotation.Part == part && (platform is null || annotation.Platform is null || annotation.Platform == platform))
            {
                of[annotation.Key] = annotation.Value;
            }
        }

        return of;
    }
}
