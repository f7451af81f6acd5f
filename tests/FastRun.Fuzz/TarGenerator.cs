using System;
using System.Text;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Fuzz;

/// <summary>Tars of few names, so that entries meet: on each other, through links, beside whiteouts, above the root.</summary>
internal sealed class TarGenerator(Random random)
{
    private static readonly string[] s_parts =
    [
        "a", "b", "c", "d", "lib", "usr", "etc", "..", "..", ".", "", "\u00FF", "x\ny", "\u001b[m",
        ".wh.a", ".wh.b", ".wh.d", ".wh..wh..opq", ".wh..wh.plnk", new('n', 255), ".wh..wh.", ".wh.", ".wh..", ".wh...", ".wh..wh..wh.a", new('m', 256),
    ];

    // Of the parts and targets above, those that no layer is refused for.
    private const int MildParts = 20;
    private const int MildTargets = 10;

    private static readonly string[] s_targets =
        ["../../../../canary", "../../../../canary/file", "/etc", "/", ".", "..", "a/b/c", "../a", "/../../d", "usr/lib", "a", "", new('t', 4095), new('t', 4096)];

    private static readonly string[] s_keys =
    [
        "path", "linkpath", "size", "uid", "gid", "mtime", "atime", "comment", "charset", "GNU.sparse.major", "GNU.sparse.name", "GNU.sparse.map",
        "SCHILY.xattr.user.a", "SCHILY.xattr.trusted.overlay.opaque", "SCHILY.xattr.trusted.overlay.redirect", "SCHILY.xattr.user.overlay.whiteout",
        "SCHILY.xattr.trusted.overlay.metacopy", "SCHILY.xattr.security.capability", "SCHILY.xattr.system.posix_acl_default", "SCHILY.xattr.", "SCHILY.xattr.none",
    ];

    private static readonly string[] s_values =
    [
        "", "y", "0", "-1", "1", "12345678901234567890", "9223372036854775807", "-9223372036854775808", "4294967296", "1.5", "-1.5", "-9223372036854775808.5",
        "1.0000000001", "x", "../../../../canary/file", "a/b", "\u0001\0\0\u0002\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", new('v', 5000),
    ];

    // What is refused at its third entry says nothing of those behind it, so most tars are merely odd.
    private bool _mild;

    /// <summary>A tar of up to two dozen entries; often a damaged one.</summary>
    internal byte[] Next()
    {
        _mild = random.Next(4) > 0;
        TarBuilder tar = new();
        for (int count = random.Next(1, 24); count > 0; count--)
        {
            AddEntry(tar);
        }

        byte[] bytes = random.Next(6) switch
        {
            0 => tar.Cut(),
            1 => tar.Raw(new byte[random.Next(3000)]).Cut(),
            2 => [.. tar.End(), .. Mutation.Bytes(random, new byte[600])],
            _ => tar.End(),
        };
        if (_mild)
        {
            return bytes;
        }

        if (random.Next(2) == 0)
        {
            Damage(bytes);
        }

        return random.Next(6) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private void AddEntry(TarBuilder tar)
    {
        if (random.Next(6) == 0)
        {
            if (_mild)
            {
                tar.Pax(("mtime", "1700000000.123456789"), ("SCHILY.xattr.user.overlay.opaque", "y"), ("SCHILY.xattr.trusted.overlay.opaque", "y"));
            }
            else
            {
                AddExtended(tar);
            }
        }

        string name = Name();
        string target = random.Next(3) == 0 ? s_targets[random.Next(_mild ? MildTargets : s_targets.Length)] : Name();
        int mode = random.Next(4) == 0 ? random.Next(0x1000) : 0x1ED;
        uint id = random.Next(8) == 0 ? (uint)random.Next() : 0;
        switch (random.Next(_mild ? 13 : 16))
        {
            case 0 or 1 or 2 or 3:
                tar.Directory(name, mode, id, id, random.NextInt64(0, 1L << 33));
                break;
            case 4 or 5 or 6 or 7:
                tar.File(name, new string('c', random.Next(3) == 0 ? random.Next(20_000) : random.Next(20)), mode, id);
                break;
            case 8 or 9:
                tar.SymbolicLink(name, target);
                break;
            case 10 when _mild:
                // One whose target is there, and in the directory that it was put into.
                string file = "h" + random.Next(3);
                tar.File(file, "linked").HardLink("k" + random.Next(3), "./" + file);
                break;
            case 10 or 11 when !_mild || random.Next(6) == 0:
                tar.HardLink(name, target);
                break;
            case 12:
                tar.Device(name, random.Next(2) == 0 ? '3' : '4', random.Next(3) == 0 ? 0 : random.Next(5000), random.Next(2));
                break;
            case 13:
                tar.Header(name, '6', mode: mode);
                break;
            case 14:
                tar.Header(name, "017SDVMNXg\0\u00FF"[random.Next(12)], target, random.Next(3) == 0 ? random.Next(1000) : 0, prefix: random.Next(2) == 0 ? "pre" : "", magic: random.Next(2) == 0 ? "ustar  \0" : "");
                break;
            default:
                tar.File(name + "/.wh." + s_parts[random.Next(4)]);
                break;
        }
    }

    private void AddExtended(TarBuilder tar)
    {
        switch (random.Next(5))
        {
            case 0:
                tar.Extended('L', Encoding.Latin1.GetBytes(Name() + (random.Next(2) == 0 ? "\0" : "")));
                break;
            case 1:
                tar.Extended('K', Encoding.Latin1.GetBytes(Name() + "\0more"));
                break;
            case 2:
                tar.Extended(random.Next(2) == 0 ? 'x' : 'g', Mutation.Bytes(random, TarBuilder.PaxRecord("path", Encoding.UTF8.GetBytes(Name()))));
                break;
            default:
                (string, string)[] records = new (string, string)[random.Next(1, 4)];
                for (int i = 0; i < records.Length; i++)
                {
                    string key = s_keys[random.Next(s_keys.Length)];
                    records[i] = (key, key.EndsWith("path", StringComparison.Ordinal) && random.Next(2) == 0 ? Name() : s_values[random.Next(s_values.Length)]);
                }

                tar.Pax(records);
                break;
        }
    }

    private string Name()
    {
        StringBuilder name = new(random.Next(12) == 0 ? "/" : random.Next(12) == 0 ? "./" : "");
        for (int count = random.Next(1, !_mild && random.Next(20) == 0 ? 400 : 5); count > 0; count--)
        {
            // Short names mostly: only names that meet do anything.
            string part = s_parts[random.Next(random.Next(3) > 0 ? 7 : _mild ? MildParts : s_parts.Length)];
            name.Append(part).Append(count > 1 || random.Next(6) == 0 ? "/" : "");
        }

        return random.Next(20) == 0 ? "../../../../canary/" + name : name.ToString();
    }

    /// <summary>Changes some fields of some headers and makes the checksums right again.</summary>
    private void Damage(byte[] tar)
    {
        int[] offsets = [0, 100, 108, 116, 124, 136, 156, 157, 257, 329, 337, 345];
        for (int count = random.Next(1, 5); count > 0 && tar.Length >= 512; count--)
        {
            Span<byte> block = tar.AsSpan(random.Next(tar.Length / 512) * 512, 512);
            int at = offsets[random.Next(offsets.Length)] + random.Next(4);
            switch (random.Next(4))
            {
                case 0:
                    block[at] = (byte)random.Next(256);
                    break;
                case 1:
                    // Base-256, negative or not, in whatever field it is.
                    block.Slice(at, 8).Fill((byte)(random.Next(2) == 0 ? 0xFF : 0x80));
                    break;
                case 2:
                    block.Slice(at, 8).Fill((byte)"7 \09-"[random.Next(5)]);
                    break;
                default:
                    random.NextBytes(block.Slice(at, 4));
                    break;
            }

            if (random.Next(8) > 0)
            {
                byte[] copy = block.ToArray();
                TarBuilder.Seal(copy);
                copy.CopyTo(block);
            }
        }
    }
}
