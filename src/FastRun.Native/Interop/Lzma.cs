using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The functions of liblzma's <c>lzma/base.h</c> and <c>container.h</c> that reading .xz needs. Stable since 5.0.</summary>
internal static unsafe partial class Lzma
{
    internal const int LZMA_OK = 0;
    internal const int LZMA_STREAM_END = 1;
    internal const int LZMA_BUF_ERROR = 10;
    internal const int LZMA_RUN = 0;
    internal const int LZMA_FINISH = 3;
    internal const uint LZMA_CONCATENATED = 8;

    [LibraryImport("lzma")]
    internal static partial int lzma_stream_decoder(lzma_stream* stream, ulong memoryLimit, uint flags);

    [LibraryImport("lzma")]
    internal static partial int lzma_code(lzma_stream* stream, int action);

    [LibraryImport("lzma")]
    internal static partial void lzma_end(lzma_stream* stream);
}

/// <summary>lzma_stream; all zeros is LZMA_STREAM_INIT.</summary>
[StructLayout(LayoutKind.Sequential, Size = 136)]
internal unsafe struct lzma_stream
{
    internal byte* next_in;
    internal nuint avail_in;
    internal ulong total_in;
    internal byte* next_out;
    internal nuint avail_out;
    internal ulong total_out;
    internal nint allocator;
    internal nint @internal;
}
