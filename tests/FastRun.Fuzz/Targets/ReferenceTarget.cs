using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using FastRun.Layers;
using FastRun.Layers.References;

namespace FastRun.Fuzz.Targets;

/// <summary>
/// References against the grammar of the distribution project, written once more as its regular expressions; and what is
/// made of one: a path below the store, a URL of its registry.
/// </summary>
internal sealed partial class ReferenceTarget : FuzzTarget
{
    private static readonly string[] s_parts =
    [
        "busybox", "a", "library/", "localhost", "docker.io", "index.docker.io", "Example.test", "10.0.0.1", "[::1]", "[fe80::1]", ":5000", ":", "/", "//", ".", "..", "-", "--", "_", "__",
        "___", "@", "@sha256:", "@sha512:", "@md5:", ":latest", ":v1.0_x-y", "A", "\u00e4", "%2e", "%2f", "?", "#", " ", "\n", "\0", "\\", "host", "oci:", "x", "0",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", new('r', 130), new('r', 255),
    ];

    private readonly StateLayout _layout = new("/data", "/run");

    internal override string Name => "reference";

    internal override byte[] Generate(Random random)
    {
        StringBuilder text = new();
        for (int count = random.Next(1, 7); count > 0; count--)
        {
            text.Append(s_parts[random.Next(s_parts.Length)]);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        return random.Next(4) == 0 ? Mutation.Bytes(random, bytes, 3) : bytes;
    }

    internal override bool Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        bool valid = IsReference(text);
        ImageReference reference;
        try
        {
            reference = ImageReference.Parse(text);
        }
        catch (ReferenceFormatException refusal)
        {
            CheckMessage(refusal);
            Require(!valid, $"the grammar has '{text}', but it was refused: {refusal.Message}");
            CheckLocation(text);
            return false;
        }

        Require(valid, $"the grammar does not have '{text}', but it was read as {reference}");
        Require(ImageReference.Parse(reference.ToString()).ToString() == reference.ToString(), $"{reference} is not itself");
        Require(
            ImageReference.Parse(reference.ToFamiliarString()).ToString() == reference.ToString(),
            $"{reference.ToFamiliarString()} is not {reference}");
        string path = _layout.ImageName(reference);
        Require(
            Path.GetFullPath(path) == path && path.StartsWith("/data/images/", StringComparison.Ordinal),
            $"{reference} is kept at {path}");
        string file = $"/v2/{reference.Repository}/manifests/{reference.Digest?.ToString() ?? reference.Tag}";
        Uri url = new($"https://{reference.Registry}{file}");
        Require(
            url.AbsolutePath == file && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            && url.Authority.StartsWith(reference.Registry.Split(':')[0].ToLowerInvariant(), StringComparison.Ordinal),
            $"{reference} has the URL {url}");
        CheckLocation(text);
        return true;
    }

    private static void CheckLocation(string text)
    {
        try
        {
            _ = ImageLocation.Parse(text);
        }
        catch (ReferenceFormatException refusal)
        {
            CheckMessage(refusal);
        }
    }

    /// <summary>distribution/reference, <c>ParseNormalizedNamed</c>; digests as go-digest validates them.</summary>
    private static bool IsReference(string text)
    {
        if (ImageId().IsMatch(text))
        {
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : text[..slash];
        bool hasDomain = slash >= 0 && (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z'));
        string domain = hasDomain ? first : "docker.io";
        string rest = hasDomain ? text[(slash + 1)..] : text;
        domain = domain == "index.docker.io" ? "docker.io" : domain;
        rest = domain == "docker.io" && !rest.Contains('/', StringComparison.Ordinal) ? "library/" + rest : rest;
        Match match = Grammar().Match($"{domain}/{rest}");
        if (!match.Success || match.Groups["path"].Length > 255)
        {
            return false;
        }

        // Narrower than the grammar, on purpose: a port must be one, a name must fit a directory's, sha384 is not used.
        string port = match.Groups["port"].Value;
        string digest = match.Groups["digest"].Value;
        return (port.Length == 0 || ushort.TryParse(port, out _))
            && domain.Length <= 255
            && (digest.Length == 0 || Digest().IsMatch(digest));
    }

    [GeneratedRegex(
        @"\A(?<domain>(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[(?:[a-fA-F0-9:]+)\])(?::(?<port>[0-9]+))?)/" +
        @"(?<path>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}))?(?:@(?<digest>[A-Za-z][^@]*))?\z",
        RegexOptions.None,
        10_000)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z", RegexOptions.None, 10_000)]
    private static partial Regex ImageId();

    [GeneratedRegex(@"\A(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})\z", RegexOptions.None, 10_000)]
    private static partial Regex Digest();
}
