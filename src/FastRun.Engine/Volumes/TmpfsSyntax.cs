using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Volumes;

/// <summary>The text form of a tmpfs: <c>target[:options]</c>, the options being those of mount(8) and tmpfs(5).</summary>
public static class TmpfsSyntax
{
    private const int ModeBits = 0xFFF;

    /// <summary>Parses one specification.</summary>
    /// <exception cref="EngineException">It is not one.</exception>
    public static MountRequest Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        var mount = new MountRequest
        {
            Kind = MountKind.Tmpfs,
            Target = colon < 0 ? text : text[..colon],
            Written = colon < 0 ? "" : text[(colon + 1)..],
        };
        if (mount.Target.Length == 0)
        {
            throw EngineException.Invalid($"invalid tmpfs specification: '{text}'");
        }

        return colon < 0 ? mount : WithOptions(mount, text[(colon + 1)..]);
    }

    /// <summary>Parses permission bits in octal.</summary>
    public static bool TryParseMode(string text, out int mode)
    {
        mode = 0;
        foreach (char digit in text)
        {
            mode = digit is >= '0' and <= '7' && mode <= ModeBits ? (mode << 3) | (digit - '0') : ModeBits + 1;
        }

        return text.Length > 0 && mode <= ModeBits;
    }

    private static MountRequest WithOptions(MountRequest mount, string options)
    {
        var others = new List<string>();
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            string value = equals < 0 ? "" : option[(equals + 1)..];
            switch (name)
            {
                case "size" when value.EndsWith('%') && IsNumber(value[..^1]):
                case "uid" or "gid" or "nr_inodes" or "nr_blocks" when IsNumber(value):
                case "exec" or "noexec" or "suid" or "nosuid" or "dev" or "nodev" when equals < 0:
                case "atime" or "noatime" or "diratime" or "nodiratime" or "relatime" or "strictatime" when equals < 0:
                case "sync" or "async" or "dirsync" when equals < 0:
                    others.Add(option);
                    break;
                case "size":
                    mount = mount with { TmpfsSizeBytes = ByteSize.Parse(value) };
                    break;
                case "mode" when TryParseMode(value, out int mode):
                    mount = mount with { TmpfsMode = mode };
                    break;
                case "ro" or "rw" when equals < 0:
                    mount = mount with { ReadOnly = name == "ro" };
                    break;
                case "defaults" when equals < 0:
                    break;
                default:
                    throw EngineException.Invalid($"invalid tmpfs option [\"{option}\"]");
            }
        }

        return mount with { TmpfsOptions = string.Join(',', others) };
    }

    private static bool IsNumber(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
