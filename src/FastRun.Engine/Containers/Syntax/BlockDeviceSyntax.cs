using System;
using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>The text forms <c>/dev/PATH:RATE</c> and <c>/dev/PATH:WEIGHT</c>, with the words of Docker's command line.</summary>
public static class BlockDeviceSyntax
{
    private const string Prefix = "/dev/";

    /// <summary>Parses a rate: bytes may have a unit, operations are a plain number.</summary>
    /// <exception cref="EngineException">It is not one.</exception>
    public static BlockDeviceRate ParseRate(string text, BlockRateKind kind)
    {
        (string path, string value) = Split(text);
        if (kind is BlockRateKind.ReadBytes or BlockRateKind.WriteBytes)
        {
            return new BlockDeviceRate(path, kind, Bytes(text, value));
        }

        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong rate) && rate <= long.MaxValue
            ? new BlockDeviceRate(path, kind, (long)rate)
            : throw EngineException.Invalid(
                $"invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer");
    }

    /// <summary>Parses a weight.</summary>
    /// <exception cref="EngineException">It is not one.</exception>
    public static BlockDevicePriority ParseWeight(string text)
    {
        (string path, string value) = Split(text);
        return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort weight)
            && (weight == 0 || RequestValidation.IsBlkioWeight(weight))
                ? new BlockDevicePriority(path, weight)
                : throw EngineException.Invalid($"invalid weight for device: {text}");
    }

    private static (string Path, string Value) Split(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw EngineException.Invalid($"bad format: {text}");
        }

        return text.StartsWith(Prefix, StringComparison.Ordinal)
            ? (text[..colon], text[(colon + 1)..])
            : throw EngineException.Invalid($"bad format for device path: {text}");
    }

    private static long Bytes(string text, string value)
    {
        try
        {
            return ByteSize.Parse(value);
        }
        catch (EngineException exception)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. "
                    + "Number must be a positive integer. Unit is optional and can be kb, mb, or gb",
                exception);
        }
    }
}
