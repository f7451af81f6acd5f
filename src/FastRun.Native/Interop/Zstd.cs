using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The functions of <c>zstd.h</c> that streams need. Stable since libzstd 1.4.</summary>
internal static unsafe partial class Zstd
{
    internal const int ZSTD_c_compressionLevel = 100;
    internal const int ZSTD_d_windowLogMax = 100;
    internal const int ZSTD_e_continue = 0;
    internal const int ZSTD_e_end = 2;

    [LibraryImport("zstd")]
    internal static partial nint ZSTD_createDCtx();

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_decompressStream(nint context, ZSTD_buffer* output, ZSTD_buffer* input);

    [LibraryImport("zstd")]
    internal static partial nint ZSTD_createCCtx();

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport("zstd")]
    internal static partial nuint ZSTD_compressStream2(nint context, ZSTD_buffer* output, ZSTD_buffer* input, int end);

    [LibraryImport("zstd")]
    internal static partial uint ZSTD_isError(nuint code);
}

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which have one layout.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal unsafe struct ZSTD_buffer
{
    internal byte* data;
    internal nuint size;
    internal nuint pos;
}
