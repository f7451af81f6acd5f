using System;
using System.Buffers;
using System.Globalization;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;

namespace FastRun.RegistryApi;

/// <summary>Blobs that are pushed (distribution-spec 1.1, "Pushing Blobs").</summary>
internal sealed class UploadRequests(RegistryDirectory directory)
{
    private const int Block = 256 << 10;
    private const int BusyAttempts = 200;

    private static readonly TimeSpan s_busyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>POST: a mount, the whole blob, or the beginning of an upload.</summary>
    internal async Task BeginAsync(HttpExchange exchange, RepositoryName repository)
    {
        if (exchange.Query("mount") is { } mounted)
        {
            Digest digest = RegistryApplication.RequireDigest(mounted);
            if (RepositoryName.TryParse(exchange.Query("from"), out RepositoryName from) && directory.TryMount(from, repository, digest))
            {
                await CreatedAsync(exchange, repository, digest);
                return;
            }
        }
        else if (exchange.Query("digest") is { } whole)
        {
            Digest digest = RegistryApplication.RequireDigest(whole);
            RefuseLargeBody(exchange);
            using BlobUpload one = directory.BeginUpload(repository);
            try
            {
                await ReceiveAsync(exchange, one);
                one.Complete(digest);
            }
            finally
            {
                // Nobody knows its id: what is not complete now never will be.
                one.Cancel();
            }

            await CreatedAsync(exchange, repository, digest);
            return;
        }

        using BlobUpload upload = directory.BeginUpload(repository);
        await AnswerAsync(exchange, 202, repository, upload);
    }

    /// <summary>PATCH: the next chunk, or a stream without an end that is known.</summary>
    internal async Task AppendAsync(HttpExchange exchange, RepositoryName repository, string id)
    {
        using BlobUpload upload = await ResumeAsync(exchange, repository, id);
        if (!await TryReceiveChunkAsync(exchange, repository, upload))
        {
            return;
        }

        await AnswerAsync(exchange, 202, repository, upload);
    }

    /// <summary>PUT: the last chunk, if there is one, and the digest.</summary>
    internal async Task CompleteAsync(HttpExchange exchange, RepositoryName repository, string id)
    {
        Digest digest = RegistryApplication.RequireDigest(exchange.Query("digest"));
        using BlobUpload upload = await ResumeAsync(exchange, repository, id);
        if (!await TryReceiveChunkAsync(exchange, repository, upload))
        {
            return;
        }

        upload.Complete(digest);
        await CreatedAsync(exchange, repository, digest);
    }

    /// <summary>GET: how far it is.</summary>
    internal async Task StatusAsync(HttpExchange exchange, RepositoryName repository, string id)
    {
        using BlobUpload upload = await ResumeAsync(exchange, repository, id);
        await AnswerAsync(exchange, 204, repository, upload);
    }

    /// <summary>DELETE: it is given up.</summary>
    internal async Task CancelAsync(HttpExchange exchange, RepositoryName repository, string id)
    {
        using BlobUpload upload = await ResumeAsync(exchange, repository, id);
        upload.Cancel();
        await exchange.AnswerAsync(204);
    }

    /// <summary>A client whose connection broke is often back before the server has noticed: it waits for itself.</summary>
    private async Task<BlobUpload> ResumeAsync(HttpExchange exchange, RepositoryName repository, string id)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return directory.ResumeUpload(repository, id);
            }
            catch (HostingException e) when (e.Fault == HostingFault.UploadBusy && attempt < BusyAttempts)
            {
                await Task.Delay(s_busyPause, exchange.Aborted);
            }
        }
    }

    private async Task<bool> TryReceiveChunkAsync(HttpExchange exchange, RepositoryName repository, BlobUpload upload)
    {
        string stated = exchange.RequestHeaders.ContentRange.ToString();
        if (stated.Length > 0)
        {
            if (!ByteRange.TryParseChunk(stated, out ByteRange range) || range.Start != upload.Size)
            {
                Describe(exchange, repository, upload);
                await RegistryErrors.AnswerAsync(
                    exchange, 416, "BLOB_UPLOAD_INVALID", $"the upload goes on at byte {upload.Size.ToString(CultureInfo.InvariantCulture)}");
                return false;
            }

            if (exchange.RequestLength is { } length && length != range.Length)
            {
                throw new HostingException(HostingFault.SizeInvalid, "Content-Range and Content-Length differ");
            }
        }

        RefuseLargeBody(exchange, upload.Size);
        await ReceiveAsync(exchange, upload);
        return true;
    }

    private void RefuseLargeBody(HttpExchange exchange, long before = 0)
    {
        if (before + exchange.RequestLength > directory.MaxBlobSize)
        {
            throw new HostingException(HostingFault.TooLarge, $"this registry takes blobs of at most {directory.MaxBlobSize} bytes");
        }
    }

    private static async Task ReceiveAsync(HttpExchange exchange, BlobUpload upload)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int read;
            while ((read = await exchange.RequestBody.ReadAsync(block, exchange.Aborted)) > 0)
            {
                upload.Append(block.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static Task AnswerAsync(HttpExchange exchange, int status, RepositoryName repository, BlobUpload upload)
    {
        Describe(exchange, repository, upload);
        return exchange.AnswerAsync(status);
    }

    private static void Describe(HttpExchange exchange, RepositoryName repository, BlobUpload upload)
    {
        exchange.ResponseHeaders.Location = $"/v2/{repository}/blobs/uploads/{upload.Id}";
        // Nothing yet is 0-0, too, as the specification has it.
        exchange.ResponseHeaders.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(upload.Size - 1, 0)}");
        exchange.ResponseHeaders["Docker-Upload-Uuid"] = upload.Id;
    }

    private static Task CreatedAsync(HttpExchange exchange, RepositoryName repository, Digest digest)
    {
        exchange.ResponseHeaders.Location = $"/v2/{repository}/blobs/{digest}";
        exchange.ResponseHeaders["Docker-Content-Digest"] = digest.ToString();
        return exchange.AnswerAsync(201);
    }
}
