using System;
using System.IO;
using System.Net.Http;

namespace FastRun.Layers.Registry.Http;

/// <summary>Reads documents of bounded size.</summary>
internal static class ResponseBody
{
    /// <summary>The most that an error or a token may have.</summary>
    internal const int MaxMessage = 1 << 20;

    /// <summary>The body; null where it is longer than the limit.</summary>
    internal static byte[]? TryRead(HttpResponseMessage response, int limit)
    {
        long? promised = response.Content.Headers.ContentLength;
        if (promised > limit)
        {
            return null;
        }

        using Stream stream = response.Content.ReadAsStream();
        byte[] buffer = new byte[(promised ?? 4096) + 1];
        int length = 0;
        while (true)
        {
            int read = stream.Read(buffer.AsSpan(length));
            length += read;
            if (length > limit)
            {
                return null;
            }

            if (read == 0)
            {
                return buffer.AsSpan(0, length).ToArray();
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, limit + 1L));
            }
        }
    }
}
