using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The functions of <c>bzlib.h</c> that reading .bz2 needs. Stable since 1.0.</summary>
internal static unsafe partial class Bzip2
{
    internal const int BZ_OK = 0;
    internal const int BZ_STREAM_END = 4;

    [LibraryImport("bz2")]
    internal static partial int BZ2_bzDecompressInit(bz_stream* stream, int verbosity, int small);

    [LibraryImport("bz2")]
    internal static partial int BZ2_bzDecompress(bz_stream* stream);

    [LibraryImport("bz2")]
    internal static partial int BZ2_bzDecompressEnd(bz_stream* stream);
}

/// <summary>bz_stream.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
internal unsafe struct bz_stream
{
    internal byte* next_in;
    internal uint avail_in;
    internal uint total_in_lo32;
    internal uint total_in_hi32;
    internal byte* next_out;
    internal uint avail_out;
    internal uint total_out_lo32;
    internal uint total_out_hi32;
    internal nint state;
    internal nint bzalloc;
    internal nint bzfree;
    internal nint opaque;
}
