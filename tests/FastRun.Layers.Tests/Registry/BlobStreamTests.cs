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

    private byte[] ReadAll()
    {
        using RegistryClient client = _registry.Client();
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
