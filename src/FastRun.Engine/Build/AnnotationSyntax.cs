using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build;

/// <summary>The text form of <c>--annotation</c>: <c>[manifest[PLATFORM]:]KEY=VALUE</c>, in buildx's words.</summary>
public static class AnnotationSyntax
{
    /// <summary>Parses one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="annotations">Gets it.</param>
    /// <exception cref="EngineException">It is none, or of something that the result does not have.</exception>
    public static void Parse(string text, IDictionary<string, string> annotations)
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
        if (colon >= 0 && AllAre(key[..colon]))
        {
            key = key[(colon + 1)..];
        }

        annotations[key.Length > 0 ? key : throw EngineException.Invalid($"invalid annotation \"{text}\", its key is empty")] = text[(equals + 1)..];
    }

    /// <summary>Whether a prefix names what is annotated; a key may have a colon as well.</summary>
    private static bool AllAre(string prefix)
    {
        foreach (string part in prefix.Split(','))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            switch (bracket < 0 ? part : part[..bracket])
            {
                case "manifest" when bracket < 0 || part.EndsWith(']'):
                    break;
                case "index" or "index-descriptor" or "manifest-descriptor":
                    throw new EngineException(ErrorKind.Unsupported, $"{part} annotations not supported for single platform export");
                default:
                    return false;
            }
        }

        return true;
    }
}
