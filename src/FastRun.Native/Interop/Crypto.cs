using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The functions of OpenSSL's <c>evp.h</c> that Ed25519 needs, which .NET 9 does not have. Stable since OpenSSL 1.1.1.</summary>
internal static unsafe partial class Crypto
{
    internal const int EVP_PKEY_ED25519 = 1087;

    [LibraryImport("crypto")]
    internal static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport("crypto")]
    internal static partial int EVP_PKEY_get_raw_public_key(nint key, byte* output, nuint* length);

    [LibraryImport("crypto")]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport("crypto")]
    internal static partial nint EVP_MD_CTX_new();

    [LibraryImport("crypto")]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport("crypto")]
    internal static partial int EVP_DigestSignInit(nint context, nint* keyContext, nint digest, nint engine, nint key);

    [LibraryImport("crypto")]
    internal static partial int EVP_DigestSign(nint context, byte* signature, nuint* signatureLength, byte* data, nuint length);
}
