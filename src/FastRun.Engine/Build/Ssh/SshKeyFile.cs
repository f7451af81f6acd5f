using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Ssh;

/// <summary>
/// Private keys in files: OpenSSH's form (OpenSSH's PROTOCOL.key), PKCS#1, SEC 1 and PKCS#8 in PEM. None may be encrypted: there is
/// nobody to ask for a passphrase.
/// </summary>
internal static class SshKeyFile
{
    private const string Begin = "-----BEGIN ";
    private const string Dashes = "-----";
    private const string OpenSsh = "OPENSSH PRIVATE KEY";

    /// <summary>What is before the seed in a PKCS#8 key of Ed25519 (RFC 8410).</summary>
    private static ReadOnlySpan<byte> Ed25519Prefix => [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20];

    /// <summary>Reads one.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="EngineException">It is no key that can be used.</exception>
    internal static SshKey Parse(ReadOnlySpan<byte> content, string path)
    {
        string text = Encoding.Latin1.GetString(content);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : text.IndexOf(Dashes, begin + Begin.Length, StringComparison.Ordinal);
        if (end < 0)
        {
            throw EngineException.Invalid($"{path}: not a private key");
        }

        string label = text[(begin + Begin.Length)..end];
        try
        {
            return label switch
            {
                OpenSsh => ParseOpenSsh(Body(text, end + Dashes.Length, label), path),
                "ENCRYPTED PRIVATE KEY" => throw Encrypted(path),
                "RSA PRIVATE KEY" or "EC PRIVATE KEY" or "PRIVATE KEY" when text.Contains("ENCRYPTED", StringComparison.Ordinal) => throw Encrypted(path),
                "RSA PRIVATE KEY" => Rsa(Body(text, end + Dashes.Length, label), static (key, der) => key.ImportRSAPrivateKey(der, out _)),
                "EC PRIVATE KEY" => Ecdsa(Body(text, end + Dashes.Length, label), static (key, der) => key.ImportECPrivateKey(der, out _)),
                "PRIVATE KEY" => ParsePkcs8(Body(text, end + Dashes.Length, label)),
                _ => throw new EngineException(ErrorKind.Unsupported, $"{path}: a file with {Begin}{label}{Dashes} is no private key of ed25519, RSA or ECDSA"),
            };
        }
        catch (Exception e) when (e is InvalidDataException or CryptographicException or FormatException or ArgumentException)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{path}: not a private key that can be used", e);
        }
    }

    private static byte[] Body(string text, int start, string label)
    {
        int end = text.IndexOf($"-----END {label}", start, StringComparison.Ordinal);
        return end < 0 ? throw new InvalidDataException() : Convert.FromBase64String(text[start..end]);
    }

    private static SshKey ParsePkcs8(byte[] der)
    {
        if (der.AsSpan().StartsWith(Ed25519Prefix) && der.Length == Ed25519Prefix.Length + 32)
        {
            return new Ed25519SshKey(der.AsSpan(Ed25519Prefix.Length));
        }

        try
        {
            return Rsa(der, static (key, content) => key.ImportPkcs8PrivateKey(content, out _));
        }
        catch (CryptographicException)
        {
            return Ecdsa(der, static (key, content) => key.ImportPkcs8PrivateKey(content, out _));
        }
    }

    private static RsaSshKey Rsa(byte[] der, Action<RSA, byte[]> import)
    {
        RSA key = RSA.Create();
        try
        {
            import(key, der);
            return new RsaSshKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static EcdsaSshKey Ecdsa(byte[] der, Action<ECDsa, byte[]> import)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            import(key, der);
            return new EcdsaSshKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static SshKey ParseOpenSsh(ReadOnlySpan<byte> content, string path)
    {
        ReadOnlySpan<byte> magic = "openssh-key-v1\0"u8;
        if (!content.StartsWith(magic))
        {
            throw new InvalidDataException();
        }

        WireReader outer = new(content[magic.Length..]);
        bool isPlain = outer.Text() == "none" & outer.Text() == "none";
        outer.String();
        if (!isPlain)
        {
            throw Encrypted(path);
        }

        if (outer.UInt32() != 1)
        {
            throw new InvalidDataException();
        }

        outer.String();
        WireReader key = new(outer.String());
        if (key.UInt32() != key.UInt32())
        {
            throw new InvalidDataException();
        }

        string type = key.Text();
        switch (type)
        {
            case Ed25519SshKey.Name:
                ReadOnlySpan<byte> point = key.String();
                ReadOnlySpan<byte> secret = key.String();
                return secret.Length == 64 && secret[32..].SequenceEqual(point) ? new Ed25519SshKey(secret[..32]) : throw new InvalidDataException();
            case RsaSshKey.Name:
                ReadOnlySpan<byte> modulus = key.Mpint();
                ReadOnlySpan<byte> exponent = key.Mpint();
                ReadOnlySpan<byte> d = key.Mpint();
                ReadOnlySpan<byte> inverse = key.Mpint();
                ReadOnlySpan<byte> p = key.Mpint();
                return RsaSshKey.Of(modulus, exponent, d, inverse, p, key.Mpint());
            case "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521":
                string curve = key.Text();
                ReadOnlySpan<byte> q = key.String();
                return EcdsaSshKey.Of(curve, q, key.Mpint());
            default:
                throw new EngineException(ErrorKind.Unsupported, $"{path}: a key of this type cannot be used: only ed25519, RSA and ECDSA", hint: "ssh-add it to an agent, and use --ssh default");
        }
    }

    private static EngineException Encrypted(string path) => new(
        ErrorKind.Unsupported, $"{path}: a key with a passphrase cannot be used", hint: "ssh-add it to an agent, and use --ssh default");
}
