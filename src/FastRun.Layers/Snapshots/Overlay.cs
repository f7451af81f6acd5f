using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>How overlayfs marks what hides the layers below (kernel, Documentation/filesystems/overlayfs.rst).</summary>
internal static class Overlay
{
    private const string TrustedPrefix = "trusted.overlay.";
    private const string UserPrefix = "user.overlay.";

    /// <summary>The attribute of an opaque directory. Only root may set trusted ones; mounts with userxattr read the other.</summary>
    internal static string OpaqueAttribute { get; } =
        (Environment.IsPrivilegedProcess ? TrustedPrefix : UserPrefix) + "opaque";

    /// <summary>Whether an attribute is overlayfs's own: no layer may bring one.</summary>
    internal static bool IsOwn(string attribute) =>
        attribute.StartsWith(TrustedPrefix, StringComparison.Ordinal)
        || attribute.StartsWith(UserPrefix, StringComparison.Ordinal);

    /// <summary>Whether a file is a whiteout.</summary>
    internal static bool IsWhiteout(in FileStatus status) =>
        status.Type == FileType.CharacterDevice && status.Node == default;

    /// <summary>Makes a whiteout where the errno of an existing name is expected.</summary>
    internal static Errno TryMakeWhiteout(Fd directory, ReadOnlySpan<byte> name) =>
        FileAt.TryMakeNode(directory, name, FileType.CharacterDevice, 0, default);

    /// <summary>Whether a directory of a layer is opaque.</summary>
    internal static bool IsOpaque(Fd parent, ReadOnlySpan<byte> name) =>
        ExtendedAttributes.Get(parent, name, OpaqueAttribute) is [(byte)'y'];

    /// <summary>The attributes of a file that are not overlayfs's own.</summary>
    internal static ExtendedAttribute[] ReadAttributes(Fd parent, ReadOnlySpan<byte> name)
    {
        List<ExtendedAttribute> attributes = [];
        foreach (string attribute in ExtendedAttributes.List(parent, name).Where(static key => !IsOwn(key)))
        {
            if (ExtendedAttributes.Get(parent, name, attribute) is { } value)
            {
                attributes.Add(new ExtendedAttribute(attribute, value));
            }
        }

        return [.. attributes];
    }
}
