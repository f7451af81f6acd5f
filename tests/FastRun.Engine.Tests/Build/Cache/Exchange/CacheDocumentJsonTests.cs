using System;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Cache.Exchange;

public sealed class CacheDocumentJsonTests
{
    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly DateTimeOffset s_time = DateTimeOffset.Parse("2024-05-06T07:08:09.1234567Z", CultureInfo.InvariantCulture);

    [Fact]
    public void Encode_Decode_AreOpposites()
    {
        CacheDocument document = new()
        {
            Steps = [new CachedStep(Key, 0, s_time), new CachedStep(Key[1..] + "a", null, s_time)],
            Layers = ["sha256:" + Key],
            Mounts = [new CachedMount("/root/.cache", 1)],
        };
        CacheDocument read = CacheDocumentJson.Decode(CacheDocumentJson.Encode(document), 2, "test");
        Assert.Equal(document.Steps, read.Steps);
        Assert.Equal(document.Layers, read.Layers);
        Assert.Equal(document.Mounts, read.Mounts);
    }

    [Fact]
    public void Decode_WithoutLayers_TheImageSaysThem()
    {
        byte[] json = CacheDocumentJson.Encode(new CacheDocument { Steps = [new CachedStep(Key, 2, s_time)] });
        Assert.Null(CacheDocumentJson.Decode(json, 3, "test").Layers);
        Assert.Throws<CorruptContentException>(() => CacheDocumentJson.Decode(json, 2, "test"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"steps\":[]}")]
    [InlineData("{\"schemaVersion\":2}")]
    [InlineData("{\"schemaVersion\":\"1\"}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":{}}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[null]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"../../x\",\"createdAt\":\"2024-05-06T07:08:09Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff\",\"createdAt\":\"2024-05-06T07:08:09Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\",\"layer\":-1,\"createdAt\":\"2024-05-06T07:08:09Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\",\"layer\":3,\"createdAt\":\"2024-05-06T07:08:09Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\",\"layer\":99999999999,\"createdAt\":\"2024-05-06T07:08:09Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\",\"createdAt\":\"0001-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"KEY\",\"createdAt\":\"9999-12-31T23:59:59-14:00\"}]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[\"sha256:x\"]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[\"sha512:KEYKEY\"]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[null]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[\"sha256:KEY\",\"sha256:KEY\",\"sha256:KEY\",\"sha256:KEY\"]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[],\"mounts\":[{\"id\":\"\",\"layer\":0}]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[],\"mounts\":[{\"id\":\"x\",\"layer\":3}]}")]
    [InlineData("{\"schemaVersion\":1,\"layers\":[\"sha256:KEY\"],\"mounts\":[{\"id\":\"x\",\"layer\":0}]}")]
    public void Decode_WhatIsNone_Fails(string json) => Assert.Throws<CorruptContentException>(
        () => CacheDocumentJson.Decode(Encoding.UTF8.GetBytes(json.Replace("KEY", Key, StringComparison.Ordinal)), 3, "test"));

    [Fact]
    public void Decode_TooMany_Fails() => Assert.Throws<CorruptContentException>(() => CacheDocumentJson.Decode(
        CacheDocumentJson.Encode(new CacheDocument { Steps = [.. Enumerable.Repeat(new CachedStep(Key, null, s_time), 20_001)] }), 0, "test"));
}
