using System;

namespace FastRun.Layers.References;

/// <summary>What a user types where an image is asked for.</summary>
public sealed record ImageLocation
{
    /// <summary>The word that means the machine's own root.</summary>
    public const string HostName = "host";

    private ImageLocation(string text, ImageTransport transport)
    {
        (Text, Transport) = (text, transport);
    }

    /// <summary>What was typed.</summary>
    public string Text { get; }

    /// <summary>Where the image comes from.</summary>
    public ImageTransport Transport { get; }

    /// <summary>The reference; set for a registry's image unless an image id was typed, and for a snapshot.</summary>
    public ImageReference? Reference { get; private init; }

    /// <summary>Hexadecimal digits with which the wanted image's id may start; null where the text cannot be an id.</summary>
    public string? ImageIdPrefix { get; private init; }

    /// <summary>The layout's directory or the archive's file; empty for the other transports.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Which image of the layout or archive: the text behind the path, null where only one can be meant.</summary>
    public string? Name { get; private init; }

    /// <summary>Parses what a user typed.</summary>
    /// <exception cref="ReferenceFormatException">It cannot name an image.</exception>
    public static ImageLocation Parse(string text)
    {
        if (text == HostName)
        {
            return new ImageLocation(text, ImageTransport.Host);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? "" : text[..colon]) switch
        {
            "oci" => ParsePath(text, ImageTransport.OciLayout, colon),
            "oci-archive" => ParsePath(text, ImageTransport.OciArchive, colon),
            "docker-archive" => ParsePath(text, ImageTransport.DockerArchive, colon),
            "sha256" or "sha512" => ParseId(text, colon),
            "snapshot" => new ImageLocation(text, ImageTransport.Snapshot) { Reference = ParseSnapshot(text[(colon + 1)..]) },
            _ => ParseName(text),
        };
    }

    /// <summary>The snapshot that a name alone means.</summary>
    /// <exception cref="ReferenceFormatException">No snapshot can have that name.</exception>
    public static ImageReference ParseSnapshot(string name)
    {
        ImageReference reference = ImageReference.Parse(name);
        return name != HostName && reference is { IsShort: true, Digest: null } && Parse(name).Transport == ImageTransport.Registry
            ? reference.ToSnapshot()
            : throw new ReferenceFormatException($"{ReferenceGrammar.Quote(name)}: not a name that a snapshot can have: NAME or NAME:TAG, without a registry");
    }

    /// <summary>Returns what was typed.</summary>
    public override string ToString() => Text;

    private static ImageLocation ParseName(string text) => ReferenceGrammar.IsImageId(text)
        ? new ImageLocation(text, ImageTransport.Registry) { ImageIdPrefix = text }
        : new ImageLocation(text, ImageTransport.Registry)
        {
            Reference = ImageReference.Parse(text),
            ImageIdPrefix = ReferenceGrammar.IsImageIdPrefix(text) ? text : null,
        };

    private static ImageLocation ParseId(string text, int colon)
    {
        string hex = text[(colon + 1)..];
        return ReferenceGrammar.IsImageIdPrefix(hex)
            ? new ImageLocation(text, ImageTransport.Registry) { ImageIdPrefix = hex }
            : ParseName(text);
    }

    private static ImageLocation ParsePath(string text, ImageTransport transport, int colon)
    {
        string rest = text[(colon + 1)..];
        int end = rest.IndexOf(':', StringComparison.Ordinal);
        string path = end < 0 ? rest : rest[..end];
        string? name = end < 0 ? null : rest[(end + 1)..];
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ReferenceFormatException($"{ReferenceGrammar.Quote(text)}: a path must follow '{text[..colon]}:'");
        }

        if (name is { Length: 0 })
        {
            throw new ReferenceFormatException($"{ReferenceGrammar.Quote(text)}: the name behind the path is empty");
        }

        if (transport == ImageTransport.DockerArchive && name is not null)
        {
            _ = ImageReference.Parse(name);
        }

        return new ImageLocation(text, transport) { Path = path, Name = name };
    }
}
