using System;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>Sizes as Docker's users write them: <c>512m</c>, <c>1.5g</c>, <c>64KiB</c>; units count in 1024s, or in 1000s where Docker does that.</summary>
public static class ByteSize
{
    private const string Units = "kmgtp";

    /// <summary>Returns the number of bytes.</summary>
    /// <param name="text">The size.</param>
    /// <param name="step">What a unit is more than the one before.</param>
    /// <exception cref="EngineException">It is not a size.</exception>
    public static long Parse(string text, int step = 1024)
    {
        int last = text.LastIndexOfAny(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', ' ']);
        if (last < 0)
        {
            throw EngineException.Invalid($"invalid size: '{text}'");
        }

        string number = text[last] == ' ' ? text[..last] : text[..(last + 1)];
        const NumberStyles Style =
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        if (!double.TryParse(number, Style, CultureInfo.InvariantCulture, out double size) || size < 0)
        {
            throw EngineException.Invalid($"invalid size: '{text}'");
        }

        size *= Multiplier(text[(last + 1)..], step);
        return size < long.MaxValue ? (long)size : throw EngineException.Invalid($"invalid size: '{text}': it is too large");
    }

    private static double Multiplier(string suffix, int step)
    {
        if (suffix.Length == 0)
        {
            return 1;
        }

        string lower = suffix.ToLowerInvariant();
        if (lower == "b")
        {
            return 1;
        }

        int unit = Units.IndexOf(lower[0], StringComparison.Ordinal);
        if (unit < 0 || lower[1..] is not ("" or "b" or "ib"))
        {
            throw EngineException.Invalid($"invalid suffix: '{lower}'");
        }

        return Math.Pow(step, unit + 1);
    }
}
