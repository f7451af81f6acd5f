using System;
using System.Numerics;
using System.Security.Cryptography;

namespace FastRun.Engine.Build.Ssh;

/// <summary>A key of RSA (RFC 4253, RFC 8332).</summary>
internal sealed class RsaSshKey : SshKey
{
    internal const string Name = "ssh-rsa";
    private const int LeastBits = 1024;
    private const int MostBits = 16384;

    /// <summary>SSH_AGENT_RSA_SHA2_256 and SSH_AGENT_RSA_SHA2_512.</summary>
    private const uint Sha256Flag = 2;
    private const uint Sha512Flag = 4;

    private readonly RSA _key;

    /// <param name="key">The key, which is this object's from now on.</param>
    internal RsaSshKey(RSA key)
    {
        _key = key;
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
        PublicBlob = new WireWriter().Text(Name).Mpint(parameters.Exponent).Mpint(parameters.Modulus).ToArray();
    }

    internal override byte[] PublicBlob { get; }

    /// <summary>Makes a key of its parts, numbers in big-endian.</summary>
    /// <exception cref="CryptographicException">They are no key.</exception>
    internal static RsaSshKey Of(
        ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> d, ReadOnlySpan<byte> inverse, ReadOnlySpan<byte> p, ReadOnlySpan<byte> q)
    {
        int size = modulus.Length;
        int half = (size + 1) / 2;
        if (size is < LeastBits / 8 or > MostBits / 8 || d.Length > size || Math.Max(p.Length, q.Length) > half || inverse.Length > half || p.IsEmpty || q.IsEmpty)
        {
            throw new CryptographicException(Name);
        }

        BigInteger secret = Number(d);
        return new RsaSshKey(RSA.Create(new RSAParameters
        {
            Modulus = modulus.ToArray(),
            Exponent = exponent.ToArray(),
            D = Padded(d, size),
            P = Padded(p, half),
            Q = Padded(q, half),
            InverseQ = Padded(inverse, half),
            DP = Padded((secret % (Number(p) - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
            DQ = Padded((secret % (Number(q) - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
        }));
    }

    internal override byte[] Sign(ReadOnlySpan<byte> data, uint flags)
    {
        (string name, HashAlgorithmName hash) = (flags & Sha256Flag) != 0 ? ("rsa-sha2-256", HashAlgorithmName.SHA256)
            : (flags & Sha512Flag) != 0 ? ("rsa-sha2-512", HashAlgorithmName.SHA512)
            : (Name, HashAlgorithmName.SHA1);
        return new WireWriter().Text(name).String(_key.SignData(data.ToArray(), hash, RSASignaturePadding.Pkcs1)).ToArray();
    }

    public override void Dispose() => _key.Dispose();

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Padded(ReadOnlySpan<byte> number, int size)
    {
        byte[] padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }
}
