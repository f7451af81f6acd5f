using System;
using System.Collections.Generic;
using System.Linq;

namespace FastRun.Layers.Snapshots;

/// <summary>A name that asks for something below to be gone (OCI image-spec, layer, "Whiteouts").</summary>
/// <param name="Kind">What is gone.</param>
/// <param name="Name">For <see cref="WhiteoutKind.File"/>, which name.</param>
internal readonly record struct Whiteout(WhiteoutKind Kind, byte[] Name)
{
    /// <summary>What every whiteout's name begins with.</summary>
    internal static ReadOnlySpan<byte> Prefix => ".wh."u8;

    private static ReadOnlySpan<byte> MetaPrefix => ".wh..wh."u8;

    private static ReadOnlySpan<byte> OpaqueName => ".wh..wh..opq"u8;

    /// <summary>Whether an entry's name is a whiteout's.</summary>
    /// <exception cref="LayerException">It would remove its own directory or the one above.</exception>
    internal static bool TryParse(List<byte[]> parents, byte[] name, out Whiteout whiteout)
    {
        whiteout = default;
        if (name.AsSpan().SequenceEqual(OpaqueName))
        {
            whiteout = new Whiteout(WhiteoutKind.Opaque, []);
        }
        else if (IsMeta(name) || parents.Any(IsMeta))
        {
            // What AUFS kept for itself; no engine unpacks it.
            whiteout = new Whiteout(WhiteoutKind.Ignored, []);
        }
        else if (name.AsSpan().StartsWith(Prefix))
        {
            byte[] target = name[Prefix.Length..];
            if (target is [] or [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                throw new LayerException(
                    LayerErrorKind.Malformed, $"the whiteout {LayerPath.ForMessage(name)} names no file");
            }

            whiteout = new Whiteout(WhiteoutKind.File, target);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static bool IsMeta(byte[] name) => name.AsSpan().StartsWith(MetaPrefix);
}
