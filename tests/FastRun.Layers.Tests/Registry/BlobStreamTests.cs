using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry;

public sealed class BlobStreamTests : IDisposable
{
    private const int Size = 100_000;

    private readonly FaultyRegistry _registry = new();
    private readonly byte[] _content = TestRepository.Content(Size);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Read_OfABlob_GivesItsBytes() => Assert.Equal(_content, ReadAll());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(Size - 1)]
    public void Read_AfterTheConnectionEndedAtAByte_GoesOnThereByRange(int at)
    {
        Break(at, static exchange => exchange.Close());

        Assert.Equal(_content, ReadAll());
        Assert.Equal(at == 0 ? "" : $"bytes={at}-", BlobRequests()[1].Header("Range"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50_000)]
    public void Read_AfterAReset_GoesOnWithoutLossOrRepetition(int at)
    {
        Break(at, static exchange => exchange.Reset());

        Assert.Equal(_content, ReadAll());
    }

    [Fact]
    public void Read_WhereRangeIsIgnored_DiscardsWhatItHas()
    {
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (!IsBlob(exchange))
            {
                return false;
            }

            if (count++ == 0)
            {
                exchange.Head(200, $"Content-Length: {Size}");
                exchange.Send(_content.AsSpan(0, 60_000));
                exchange.Close();
            }
            else
            {
                exchange.Respond(200, _content);
            }

            return true;
        };

        Assert.Equal(_content, ReadAll());
        Assert.Equal(2, count);
    }

    [Fact]
    public void Read_WhereAnotherPartIsSent_StartsAgain()
    {
        int count = 0;
        _registry.Answer = exchange =>
        {
            switch (IsBlob(exchange) ? count++ : -1)
            {
                case 0:
                    exchange.Head(200, $"Content-Length: {Size}");
                    exchange.Send(_content.AsSpan(0, 60_000));
                    exchange.Close();
                    return true;
                case 1:
                    exchange.Respond(206, _content[..40_000], $"Content-Range: bytes 0-39999/{Size}");
                    return true;
                default:
                    return false;
            }
        };

        Assert.Equal(_content, ReadAll());
        Assert.Equal(["", "bytes=60000-", ""], BlobRequests().Select(static request => request.Header("Range")));
    }

    [Fact]
    public void Read_WhereRangeIsRefused_StartsAgain()
    {
        int count = 0;
        _registry.Answer = exchange =>
        {
            switch (IsBlob(exchange) ? count++ : -1)
            {
                case 0:
                    exchange.Head(200, $"Content-Length: {Size}");
                    exchange.Send(_content.AsSpan(0, 60_000));
                    exchange.Close();
                    return true;
                case 1:
                    exchange.RespondError(416, "RANGE", "no ranges here");
                    return true;
                default:
                    return false;
            }
        };

        Assert.Equal(_content, ReadAll());
        Assert.Equal("", BlobRequests()[^1].Header("Range"));
    }

    [Fact]
    public void Read_AfterAStall_GoesOnElsewhere()
    {
        Break(30_000, static exchange => exchange.Stall());

        Assert.Equal(_content, ReadAll(TestRepository.Quick with { Progress = TimeSpan.FromSeconds(3) }));
        Assert.Equal("bytes=30000-", BlobRequests()[1].Header("Range"));
    }

    [Fact]
    public void Read_WhereOnlyAByteComesNowAndThen_GoesOnElsewhere()
    {
        Break(30_000, exchange => exchange.Drip(_content.AsSpan(30_000)));

        Assert.Equal(_content, ReadAll(TestRepository.Quick with { Progress = TimeSpan.FromSeconds(3) }));
        Assert.InRange(BlobRequests()[1].RangeStart ?? -1, 30_000, 31_000);
    }

    [Theory]
    [InlineData(Size, 1)]
    [InlineData(70_000, 2)]
    public void Read_OfABodyThatOnlyTheConnectionsEndEnds_GivesItsBytes(int sent, int requests)
    {
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (!IsBlob(exchange) || count++ > 0)
            {
                return false;
            }

            exchange.Head(200, "Connection: close");
            exchange.Send(_content.AsSpan(0, sent));
            exchange.Close();
            return true;
        };

        Assert.Equal(_content, ReadAll());
        Assert.Equal(requests, BlobRequests().Length);
    }

    [Theory]
    [InlineData(Size - 1)]
    [InlineData(Size + 1)]
    [InlineData(0)]
    public void Read_WhereAnotherLengthIsStated_IsRefusedAtOnce(int stated)
    {
        _registry.Answer = exchange =>
        {
            exchange.Head(200, $"Content-Length: {stated}");
            exchange.Close();
            return true;
        };

        RegistryException e = Assert.Throws<RegistryException>(() => ReadAll());

        Assert.Equal(RegistryErrorKind.Protocol, e.Kind);
        Assert.EndsWith(
            $"says that the blob has {stated} bytes, but its descriptor says {Size}", e.Message, StringComparison.Ordinal);
        Assert.Single(BlobRequests());
    }

    [Fact]
    public void Read_OfABodyThatGoesOn_IsRefused()
    {
        _registry.Answer = exchange =>
        {
            exchange.Head(200, "Connection: close");
            exchange.Send(_content);
            exchange.Send("more"u8);
            exchange.Close();
            return true;
        };

        Assert.EndsWith(
            "sends more than the blob's size", Assert.Throws<RegistryException>(() => ReadAll()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfABodyInChunks_GivesItsBytes()
    {
        _registry.Answer = exchange =>
        {
            exchange.Head(200, "Transfer-Encoding: chunked");
            for (int at = 0; at < Size; at += 1000)
            {
                exchange.Send("3e8\r\n"u8);
                exchange.Send(_content.AsSpan(at, 1000));
                exchange.Send("\r\n"u8);
            }

            exchange.Send("0\r\n\r\n"u8);
            return true;
        };

        Assert.Equal(_content, ReadAll());
    }

    [Fact]
    public void Read_OfWhatAlwaysBreaksAtOneByte_EndsAfterFiveAttempts()
    {
        _registry.Answer = exchange =>
        {
            if (exchange.Request.RangeStart is null)
            {
                exchange.Head(200, $"Content-Length: {Size}");
                exchange.Send(_content.AsSpan(0, 10));
            }

            exchange.Close();
            return true;
        };

        RegistryException e = Assert.Throws<RegistryException>(() => ReadAll());

        Assert.Equal(RegistryErrorKind.Unavailable, e.Kind);

        // Within an attempt the runtime replaces a connection that closes without an answer three times.
        Assert.InRange(BlobRequests().Length, 6, 21);
    }

    [Fact]
    public void Read_OfAnEmptyBlob_AsksNothing()
    {
        using RegistryClient client = _registry.Client();
        using Stream stream = client.OpenBlob(_registry.Blob([]));

        Assert.Equal(0, stream.Read(new byte[10]));
        Assert.Empty(_registry.Requests);
    }

    private byte[] ReadAll(RegistryTimeouts? timeouts = null)
    {
        using RegistryClient client = _registry.Client(timeouts);
        using Stream stream = client.OpenBlob(_registry.Blob(_content));
        using MemoryStream all = new();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private FaultyRequest[] BlobRequests() =>
        [.. _registry.Requests.Where(static request => request.Path.Contains("/blobs/", StringComparison.Ordinal))];

    private static bool IsBlob(FaultyExchange exchange) =>
        exchange.Request.Path.Contains("/blobs/", StringComparison.Ordinal);

    /// <summary>The first answer breaks off at a byte.</summary>
    private void Break(int at, Action<FaultyExchange> end)
    {
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (!IsBlob(exchange) || count++ > 0)
            {
                return false;
            }

            exchange.Head(200, $"Content-Length: {Size}");
            exchange.Send(_content.AsSpan(0, at));
            end(exchange);
            return true;
        };
    }
}
