using System;
using System.Security.Cryptography;

namespace FastRun.Engine.Build.Ssh;

/// <summary>A key of ECDSA on one of NIST's curves (RFC 5656).</summary>
internal sealed class EcdsaSshKey : SshKey
{
    internal const string Prefix = "ecdsa-sha2-";
    private const byte Uncompressed = 4;

    private readonly ECDsa _key;
    private readonly string _curve;

    /// <param name="key">The key, which is this object's from now on.</param>
    /// <exception cref="CryptographicException">Its curve is none of SSH's.</exception>
    internal EcdsaSshKey(ECDsa key)
    {
        _key = key;
        _curve = CurveOf(key.KeySize);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        PublicBlob = new WireWriter().Text(Prefix + _curve).Text(_curve).String([Uncompressed, .. parameters.Q.X!, .. parameters.Q.Y!]).ToArray();
    }

    internal override byte[] PublicBlob { get; }

    /// <summary>Makes a key of its parts.</summary>
    /// <param name="curve">SSH's name of the curve.</param>
    /// <param name="point">The public point, not compressed.</param>
    /// <param name="number">The private number.</param>
    /// <exception cref="CryptographicException">They are no key.</exception>
    internal static EcdsaSshKey Of(string curve, ReadOnlySpan<byte> point, ReadOnlySpan<byte> number)
    {
        (ECCurve named, int size) = curve switch
        {
            "nistp256" => (ECCurve.NamedCurves.nistP256, 32),
            "nistp384" => (ECCurve.NamedCurves.nistP384, 48),
            "nistp521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw new CryptographicException(curve),
        };
        if (point.Length != 1 + (2 * size) || point[0] != Uncompressed || number.Length > size)
        {
            throw new CryptographicException(curve);
        }

        byte[] d = new byte[size];
        number.CopyTo(d.AsSpan(size - number.Length));
        return new EcdsaSshKey(ECDsa.Create(new ECParameters
        {
            Curve = named,
            Q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() },
            D = d,
        }));
    }

    internal override byte[] Sign(ReadOnlySpan<byte> data, uint flags)
    {
        HashAlgorithmName hash = _curve switch
        {
            "nistp256" => HashAlgorithmName.SHA256,
            "nistp384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        byte[] pair = _key.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        byte[] signature = new WireWriter().Mpint(pair.AsSpan(0, pair.Length / 2)).Mpint(pair.AsSpan(pair.Length / 2)).ToArray();
        return new WireWriter().Text(Prefix + _curve).String(signature).ToArray();
    }

    public override void Dispose() => _key.Dispose();

    private static string CurveOf(int bits) => bits switch
    {
        256 => "nistp256",
        384 => "nistp384",
        521 => "nistp521",
        _ => throw new CryptographicException("curve"),
    };
}
