using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options;

/// <summary>Plain values of flags, refused in the words that Docker's users know (those of Go's strconv).</summary>
internal static class Values
{
    internal static bool Boolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw EngineException.Invalid($"strconv.ParseBool: parsing \"{text}\": invalid syntax"),
    };

    internal static long Integer(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        throw EngineException.Invalid($"strconv.ParseInt: parsing \"{text}\": {Reason(text)}");
    }

    internal static ushort UnsignedShort(string text)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort value))
        {
            return value;
        }

        throw EngineException.Invalid($"strconv.ParseUint: parsing \"{text}\": {Reason(text)}");
    }

    /// <summary>Sets <c>KEY=value</c>, or <c>KEY</c> with an empty value.</summary>
    internal static void SetPair(Dictionary<string, string> pairs, string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        pairs[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
    }

    /// <summary>Divides the value of <c>--filter</c>; <c>label!=x</c> has the key <c>label!</c>.</summary>
    internal static (string Key, string Value) Filter(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (text[..equals].Trim().ToLowerInvariant(), text[(equals + 1)..].Trim())
            : throw EngineException.Invalid($"invalid filter '{text}': it must be KEY=VALUE");
    }

    /// <summary>Docker's convention for limits: 0 is the same as not given.</summary>
    internal static long? UnlessZero(long value) => value == 0 ? null : value;

    private static string Reason(string text)
    {
        string digits = text.Length > 0 && text[0] is '-' or '+' ? text[1..] : text;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return "invalid syntax";
            }
        }

        return digits.Length == 0 || text[0] == '-' && digits.Length < 19 ? "invalid syntax" : "value out of range";
    }
}
