using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build;

/// <summary>The text forms of an annotation: <c>--annotation [PART[PLATFORM],...:]KEY=VALUE</c>, and the exporters' options that buildx makes of it.</summary>
public static class AnnotationSyntax
{
    private const string OptionPrefix = "annotation";

    /// <summary>Parses a flag's value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="annotations">Gets it, once for each part that it names.</param>
    /// <exception cref="EngineException">It is none.</exception>
    public static void Parse(string text, ICollection<ImageAnnotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(annotations);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw EngineException.Invalid($"invalid annotation \"{text}\", expected key=value");
        }

        string key = text[..equals];
        int colon = key.IndexOf(':', StringComparison.Ordinal);
        List<(AnnotatedPart Part, Platform? Platform)> places = [];

        // A key may have a colon as well.
        if (colon >= 0 && Array.TrueForAll(key[..colon].Split(','), word => TryPlace(word.Trim(), text, places)))
        {
            key = key[(colon + 1)..];
        }
        else
        {
            places = [(AnnotatedPart.Manifest, null)];
        }

        if (key.Length == 0)
        {
            throw EngineException.Invalid($"invalid annotation \"{text}\", its key is empty");
        }

        foreach ((AnnotatedPart part, Platform? platform) in places)
        {
            annotations.Add(new ImageAnnotation(part, platform, key, text[(equals + 1)..]));
        }
    }

    /// <summary>Parses an exporter's option: <c>annotation[-PART[PLATFORM]].KEY</c> (BuildKit, exptypes).</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="annotations">Gets it.</param>
    /// <returns>Whether it is one.</returns>
    /// <exception cref="EngineException">It is one of a platform that is none.</exception>
    public static bool TryParseOption(string name, string value, ICollection<ImageAnnotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(annotations);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || dot == name.Length - 1 || !name.StartsWith(OptionPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        List<(AnnotatedPart Part, Platform? Platform)> places = [];
        string place = name[OptionPrefix.Length..dot];
        if (!TryPlace(place.Length == 0 ? "manifest" : place[0] == '-' ? place[1..] : "", name, places))
        {
            return false;
        }

        annotations.Add(new ImageAnnotation(places[0].Part, places[0].Platform, name[(dot + 1)..], value));
        return true;
    }

    private static bool TryPlace(string word, string text, List<(AnnotatedPart Part, Platform? Platform)> places)
    {
        int bracket = word.IndexOf('[', StringComparison.Ordinal);
        if (bracket >= 0 && !word.EndsWith(']'))
        {
            return false;
        }

        AnnotatedPart? part = (bracket < 0 ? word : word[..bracket]) switch
        {
            "manifest" => AnnotatedPart.Manifest,
            "manifest-descriptor" => AnnotatedPart.ManifestDescriptor,
            "index" => AnnotatedPart.Index,
            "index-descriptor" => AnnotatedPart.IndexDescriptor,
            _ => null,
        };
        if (part is null)
        {
            return false;
        }

        if (bracket >= 0 && part is (AnnotatedPart.Index or AnnotatedPart.IndexDescriptor))
        {
            throw EngineException.Invalid($"invalid annotation \"{text}\", an index is for all platforms");
        }

        places.Add((part.Value, bracket < 0 ? null : PlatformSyntax.Parse(word[(bracket + 1)..^1])));
        return true;
    }
}
