using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using FastRun.Grpc;

namespace FastRun.Tests.Grpc;

public sealed class RepeatedMetadataTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Continuation = 9;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private static readonly byte[] s_preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Write_FramesWithoutSuchNames_PassAsTheyAreHoweverTheyCome(int step)
    {
        byte[] bytes =
        [
            .. s_preface,
            .. Frame(4, 0, 0, []),
            .. Frame(Headers, EndHeaders, 1, Field("user-agent", "a,b")),
            .. Frame(Data, EndStream, 1, Encoding.ASCII.GetBytes(new string('x', 16384))),
            .. Frame(Data, 0, 3, [0, 11, .. "followpaths"u8]),
        ];
        Assert.Equal(bytes, await WriteAsync(bytes, step));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Write_SeveralValues_AreFieldsOfTheirOwn(int step)
    {
        string longValue = new('v', 300);
        byte[] block = [.. Field(":path", "/a,b"), .. Field("followpaths", $"one,{longValue},"), .. Field("exclude-patterns", "x,y"), .. Field("z", "1,2")];
        byte[] expected =
        [
            .. Field(":path", "/a,b"),
            .. Field("followpaths", "one"),
            .. Field("followpaths", longValue),
            .. Field("followpaths", ""),
            .. Field("exclude-patterns", "x"),
            .. Field("exclude-patterns", "y"),
            .. Field("z", "1,2"),
        ];
        byte[] written = await WriteAsync([.. s_preface, .. Frame(Headers, EndHeaders | EndStream, 5, block), .. Frame(Data, 0, 5, [1])], step);
        Assert.Equal([.. s_preface, .. Frame(Headers, EndHeaders | EndStream, 5, expected), .. Frame(Data, 0, 5, [1])], written);
    }

    [Fact]
    public async Task Write_ABlockOfSeveralFrames_IsDividedWholeAndInFramesThatMayBe()
    {
        string values = string.Join(',', Enumerable.Range(0, 2000).Select(static i => "value-" + i));
        byte[] block = Field("exclude-patterns", values);
        byte[] written = await WriteAsync(
            [
                .. s_preface,
                .. Frame(Headers, EndStream, 7, block[..5]),
                .. Frame(Continuation, 0, 7, block[5..9000]),
                .. Frame(Continuation, EndHeaders, 7, block[9000..]),
            ],
            1000);

        List<byte> whole = [];
        int frames = 0;
        for (int at = s_preface.Length; at < written.Length; frames++)
        {
            int length = (written[at] << 16) | (written[at + 1] << 8) | written[at + 2];
            Assert.InRange(length, 1, 16384);
            bool isLast = at + 9 + length == written.Length;
            Assert.Equal(frames == 0 ? Headers : Continuation, written[at + 3]);
            Assert.Equal((frames == 0 ? EndStream : 0) | (isLast ? EndHeaders : 0), written[at + 4]);
            Assert.Equal(7, written[at + 8]);
            whole.AddRange(written[(at + 9)..(at + 9 + length)]);
            at += 9 + length;
        }

        Assert.True(frames > 1);
        Assert.Equal(values.Split(',').SelectMany(static value => Field("exclude-patterns", value)), whole);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7f")]
    [InlineData("7fff")]
    [InlineData("7fffffffffff7f61")]
    [InlineData("0561")]
    [InlineData("8361622c")]
    public async Task Write_AValueThatIsNoneHere_PassesAsItIs(string value)
    {
        byte[] block = [0, 11, .. "followpaths"u8, .. Convert.FromHexString(value)];
        byte[] bytes = [.. s_preface, .. Frame(Headers, EndHeaders, 1, block)];
        Assert.Equal(bytes, await WriteAsync(bytes, 100_000));
    }

    [Fact]
    public void Join_HasNoCommasInValues() => Assert.Equal("a%2Cb,c%20d,%C3%A9", RepeatedMetadata.Join(["a,b", "c d", "é"]));

    private static async Task<byte[]> WriteAsync(byte[] bytes, int step)
    {
        MemoryStream connection = new();
        RepeatedMetadata stream = new(connection);
        for (int at = 0; at < bytes.Length; at += step)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
        }

        return connection.ToArray();
    }

    /// <summary>A frame (RFC 9113, section 4.1).</summary>
    private static byte[] Frame(int type, int flags, byte stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, stream, .. payload];

    /// <summary>A literal field without indexing (RFC 7541, section 6.2.2), whose name is shorter than 127.</summary>
    private static byte[] Field(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Length(value.Length), .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Length(int length)
    {
        if (length < 127)
        {
            return [(byte)length];
        }

        List<byte> bytes = [127];
        for (length -= 127; length >= 128; length >>= 7)
        {
            bytes.Add((byte)(length | 128));
        }

        return [.. bytes, (byte)length];
    }
}
