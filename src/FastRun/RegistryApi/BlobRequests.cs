using System;
using System.Globalization;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;

namespace FastRun.RegistryApi;

/// <summary>Blobs to read and to delete (distribution-spec 1.1, "Pulling blobs").</summary>
internal sealed class BlobRequests(IHostedContent content, RegistryDirectory? directory, RegistryOptions options)
{
    // What is read at once goes to the socket as it lies in memory.
    private const int Block = 128 << 10;

    internal async Task GetAsync(HttpExchange exchange, RepositoryName repository, Digest digest)
    {
        string tag = $"\"{digest}\"";
        exchange.ResponseHeaders.ETag = tag;
        exchange.ResponseHeaders.AcceptRanges = "bytes";
        exchange.ResponseHeaders.CacheControl = "max-age=31536000";
        exchange.ResponseHeaders["Docker-Content-Digest"] = digest.ToString();
        if (exchange.Method == "HEAD")
        {
            long found = await content.FindBlobSizeAsync(repository, digest, exchange.Aborted) ?? throw Unknown(repository, digest);
            Describe(exchange, 200, found);
            return;
        }

        using HostedBlob blob = await content.FindBlobAsync(repository, digest, exchange.Aborted) ?? throw Unknown(repository, digest);
        if (Mentions(exchange.RequestHeaders.IfNoneMatch.ToString(), tag))
        {
            await exchange.AnswerAsync(304);
            return;
        }

        string condition = exchange.RequestHeaders.IfRange.ToString();
        string? asked = condition.Length == 0 || condition == tag ? exchange.RequestHeaders.Range.ToString() : null;
        if (!ByteRange.TryParse(asked, blob.Size, out ByteRange range))
        {
            exchange.ResponseHeaders.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{blob.Size}");
            await RegistryErrors.AnswerAsync(exchange, 416, "SIZE_INVALID", "the blob has no such range");
            return;
        }

        bool isPart = range.Length != blob.Size;
        if (isPart)
        {
            exchange.ResponseHeaders.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.Start + range.Length - 1}/{blob.Size}");
        }

        Describe(exchange, isPart ? 206 : 200, range.Length);
        await SendAsync(exchange, blob, range);
    }

    internal Task DeleteAsync(HttpExchange exchange, RepositoryName repository, Digest digest)
    {
        RegistryDirectory owner = options.AllowDelete && directory is not null ? directory : throw NoDeletion();
        return owner.DeleteBlob(repository, digest) ? exchange.AnswerAsync(202) : throw Unknown(repository, digest);
    }

    /// <summary>What a registry says that deletes nothing.</summary>
    internal static HostingException NoDeletion() => new(HostingFault.Unsupported, "this registry deletes nothing");

    /// <summary>Whether a list of entity tags holds one (RFC 9110, "If-None-Match").</summary>
    internal static bool Mentions(string list, string tag)
    {
        foreach (string item in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (item == "*" || item == tag || (item.StartsWith("W/", StringComparison.Ordinal) && item.AsSpan(2).SequenceEqual(tag)))
            {
                return true;
            }
        }

        return false;
    }

    private static void Describe(HttpExchange exchange, int status, long length)
    {
        exchange.Status = status;
        exchange.ResponseHeaders.ContentType = "application/octet-stream";
        exchange.ResponseHeaders.ContentLength = length;
    }

    private static async Task SendAsync(HttpExchange exchange, HostedBlob blob, ByteRange range)
    {
        (long offset, long left) = range;
        while (left > 0)
        {
            int wanted = (int)Math.Min(Block, left);
            Memory<byte> memory = exchange.ResponseBody.GetMemory(wanted)[..wanted];
            int read = await blob.ReadAsync(memory, offset, exchange.Aborted);
            if (read == 0)
            {
                throw new CorruptContentException("blob", "its file is shorter than it was");
            }

            exchange.ResponseBody.Advance(read);
            offset += read;
            left -= read;
            exchange.Sent += read;
            if ((await exchange.ResponseBody.FlushAsync(exchange.Aborted)).IsCompleted)
            {
                return;
            }
        }
    }

    private static HostingException Unknown(RepositoryName repository, Digest digest) =>
        new(HostingFault.BlobUnknown, $"the blob {digest} is not in {repository}");
}
