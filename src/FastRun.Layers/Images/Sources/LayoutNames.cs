using System;
using System.Text;

namespace FastRun.Layers.Images.Sources;

/// <summary>Makes the name of a layout's directory or an archive's file one that an image can have.</summary>
internal static class LayoutNames
{
    private const int MaxLength = 128;

    /// <summary>A repository name of one component, without the extensions of archives.</summary>
    internal static string ToRepository(string fileName)
    {
        foreach (string extension in (ReadOnlySpan<string>)[".tar", ".oci"])
        {
            if (fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                fileName = fileName[..^extension.Length];
            }
        }

        StringBuilder name = new();
        foreach (char c in fileName.AsSpan(0, Math.Min(fileName.Length, MaxLength)))
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(char.ToLowerInvariant(c));
            }
            else if (name.Length > 0 && char.IsAsciiLetterOrDigit(name[^1]))
            {
                name.Append(c is '.' or '_' ? c : '-');
            }
        }

        if (name.Length > 0 && !char.IsAsciiLetterOrDigit(name[^1]))
        {
            name.Length--;
        }

        return name.Length == 0 ? "image" : name.ToString();
    }
}
