using System.Runtime.InteropServices;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>
/// The text form of a <see cref="Platform"/> that <c>--platform</c> takes: <c>os/arch[/variant]</c>, or the operating system or
/// the architecture alone, under the names that uname(1) and Debian use as well.
/// </summary>
public static class PlatformSyntax
{
    /// <summary>Parses a platform and gives it its Go names.</summary>
    /// <exception cref="EngineException">It is not a platform.</exception>
    public static Platform Parse(string text)
    {
        string[] parts = text.Split('/');
        foreach (string part in parts)
        {
            if (!IsComponent(part))
            {
                throw new EngineException(
                    ErrorKind.InvalidArgument,
                    $"\"{part}\" is an invalid component of \"{text}\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\"");
            }
        }

        return parts switch
        {
            [var os] when IsOperatingSystem(os) => new Platform(os.ToLowerInvariant(), HostArchitecture),
            [var architecture] => Normalize("linux", architecture, null),
            [var os, var architecture] => Normalize(os, architecture, null),
            [var os, var architecture, var variant] => Normalize(os, architecture, variant),
            _ => throw new EngineException(ErrorKind.InvalidArgument, $"\"{text}\": cannot parse platform specifier"),
        };
    }

    private static string HostArchitecture => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    private static Platform Normalize(string os, string architecture, string? variant)
    {
        os = os.ToLowerInvariant();
        variant = variant?.ToLowerInvariant();
        return (architecture.ToLowerInvariant(), variant) switch
        {
            ("i386", _) => new Platform(os, "386"),
            ("x86_64" or "x86-64" or "amd64", "v1" or null) => new Platform(os, "amd64"),
            ("x86_64" or "x86-64" or "amd64", _) => new Platform(os, "amd64", variant),
            ("aarch64" or "arm64", "8" or "v8" or null) => new Platform(os, "arm64"),
            ("aarch64" or "arm64", _) => new Platform(os, "arm64", variant),
            ("armhf", _) => new Platform(os, "arm", "v7"),
            ("armel", _) => new Platform(os, "arm", "v6"),
            ("arm", null or "7") => new Platform(os, "arm", "v7"),
            ("arm", "5" or "6" or "8") => new Platform(os, "arm", "v" + variant),
            (var other, _) => new Platform(os, other, variant),
        };
    }

    private static bool IsOperatingSystem(string text) =>
        text.ToLowerInvariant() is "linux" or "windows" or "darwin" or "freebsd" or "netbsd" or "openbsd" or "solaris";

    private static bool IsComponent(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
