using System;
using System.Security.Cryptography;
using FastRun.Native.Interop;

namespace FastRun.Native.Cryptography;

/// <summary>A private key of Ed25519 (RFC 8032).</summary>
public sealed unsafe class Ed25519Key : IDisposable
{
    /// <summary>The length of a private key, its seed.</summary>
    public const int SeedLength = 32;

    private const int PublicLength = 32;
    private const int SignatureLength = 64;

    private nint _key;

    /// <summary>Makes the key.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <exception cref="CryptographicException">It is none.</exception>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedLength, nameof(seed));
        fixed (byte* bytes = seed)
        {
            _key = Crypto.EVP_PKEY_new_raw_private_key(Crypto.EVP_PKEY_ED25519, 0, bytes, SeedLength);
        }

        if (_key == 0)
        {
            throw new CryptographicException("EVP_PKEY_new_raw_private_key");
        }
    }

    /// <summary>The public key, 32 bytes.</summary>
    public byte[] PublicKey()
    {
        ObjectDisposedException.ThrowIf(_key == 0, this);
        byte[] key = new byte[PublicLength];
        nuint length = PublicLength;
        fixed (byte* bytes = key)
        {
            return Crypto.EVP_PKEY_get_raw_public_key(_key, bytes, &length) == 1 && length == PublicLength
                ? key
                : throw new CryptographicException("EVP_PKEY_get_raw_public_key");
        }
    }

    /// <summary>Signs.</summary>
    /// <returns>64 bytes.</returns>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_key == 0, this);
        byte[] signature = new byte[SignatureLength];
        nuint length = SignatureLength;
        nint context = Crypto.EVP_MD_CTX_new();
        try
        {
            fixed (byte* output = signature)
            fixed (byte* input = data)
            {
                return context != 0
                    && Crypto.EVP_DigestSignInit(context, null, 0, 0, _key) == 1
                    && Crypto.EVP_DigestSign(context, output, &length, input, (nuint)data.Length) == 1
                    && length == SignatureLength
                        ? signature
                        : throw new CryptographicException("EVP_DigestSign");
            }
        }
        finally
        {
            Crypto.EVP_MD_CTX_free(context);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Crypto.EVP_PKEY_free(_key);
        _key = 0;
    }
}
