using System;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>Signals by number or by name (signal(7)), with or without SIG, in any case; RTMIN+n and RTMAX-n too.</summary>
public static class SignalSyntax
{
    private const int RealTimeMinimum = 34;
    private const int RealTimeMaximum = 64;

    /// <summary>Returns the signal's number.</summary>
    /// <exception cref="EngineException">There is no such signal.</exception>
    public static int Parse(string text) => TryParse(text, out int signal)
        ? signal
        : throw new EngineException(ErrorKind.InvalidArgument, $"invalid signal: {text}");

    /// <summary>Returns the signal's number; 0 is no signal.</summary>
    public static bool TryParse(string text, out int signal)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is >= 1 and <= RealTimeMaximum;
        }

        string name = text.ToUpperInvariant();
        if (name.StartsWith("SIG", StringComparison.Ordinal))
        {
            name = name[3..];
        }

        signal = name.StartsWith("RT", StringComparison.Ordinal) ? RealTime(name) : ByName(name);
        return signal > 0;
    }

    private static int RealTime(string name)
    {
        (int start, int sign) = name.AsSpan(0, Math.Min(5, name.Length)) switch
        {
            "RTMIN" => (RealTimeMinimum, 1),
            "RTMAX" => (RealTimeMaximum, -1),
            _ => (0, 0),
        };
        if (sign == 0 || name.Length == 5)
        {
            return start;
        }

        return name[5] == (sign > 0 ? '+' : '-')
            && int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int distance)
            && distance <= RealTimeMaximum - RealTimeMinimum
            ? start + (sign * distance)
            : 0;
    }

    private static int ByName(string name) => name switch
    {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ILL" => 4,
        "TRAP" => 5,
        "ABRT" or "IOT" => 6,
        "BUS" => 7,
        "FPE" => 8,
        "KILL" => 9,
        "USR1" => 10,
        "SEGV" => 11,
        "USR2" => 12,
        "PIPE" => 13,
        "ALRM" => 14,
        "TERM" => 15,
        "STKFLT" => 16,
        "CHLD" or "CLD" => 17,
        "CONT" => 18,
        "STOP" => 19,
        "TSTP" => 20,
        "TTIN" => 21,
        "TTOU" => 22,
        "URG" => 23,
        "XCPU" => 24,
        "XFSZ" => 25,
        "VTALRM" => 26,
        "PROF" => 27,
        "WINCH" => 28,
        "IO" or "POLL" => 29,
        "PWR" => 30,
        "SYS" => 31,
        _ => 0,
    };
}
