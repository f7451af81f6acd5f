using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The function of libxcrypt's <c>crypt.h</c> that hashes a password (crypt(3)); of Debian's libcrypt-dev, which libc6-dev brings.</summary>
internal static unsafe partial class Crypt
{
    /// <summary>sizeof(struct crypt_data).</summary>
    internal const int CRYPT_DATA_SIZE = 32768;

    [LibraryImport("crypt")]
    internal static partial byte* crypt_rn(byte* phrase, byte* setting, void* data, int size);
}
