using System;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>The text form of a <see cref="DeviceRequest"/>: <c>host[:container][:permissions]</c>.</summary>
public static class DeviceSyntax
{
    /// <summary>Parses one device.</summary>
    /// <exception cref="EngineException">It is not a device specification.</exception>
    public static DeviceRequest Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts[0].Length == 0 || parts.Length > 3)
        {
            throw EngineException.Invalid($"invalid device specification: {text}");
        }

        if (parts[0][0] != '/')
        {
            throw parts[0].Contains('=', StringComparison.Ordinal)
                ? new EngineException(ErrorKind.Unsupported, $"{text}: devices by their CDI name are not supported")
                : EngineException.Invalid($"{parts[0]} is not an absolute path");
        }

        if (parts.Length == 1)
        {
            return new DeviceRequest(parts[0], parts[0], "rwm");
        }

        if (parts.Length == 2 && IsPermissions(parts[1]))
        {
            return new DeviceRequest(parts[0], parts[0], parts[1]);
        }

        if (!parts[1].StartsWith('/'))
        {
            throw EngineException.Invalid($"{parts[1]} is not an absolute path");
        }

        string permissions = parts.Length == 3 ? parts[2] : "rwm";
        return IsPermissions(permissions)
            ? new DeviceRequest(parts[0], parts[1], permissions)
            : throw EngineException.Invalid($"bad mode specified: {permissions}");
    }

    /// <summary>Whether the text is a subset of <c>rwm</c> with no letter twice.</summary>
    public static bool IsPermissions(string text)
    {
        if (text.Length is 0 or > 3)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('r' or 'w' or 'm') || text.IndexOf(text[i], i + 1) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
