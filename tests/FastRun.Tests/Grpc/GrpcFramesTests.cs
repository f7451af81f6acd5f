using System;
using System.IO;
using System.Threading.Tasks;
using FastRun.Grpc;

namespace FastRun.Tests.Grpc;

public sealed class GrpcFramesTests
{
    [Fact]
    public async Task Write_ThenRead_AreTheMessages()
    {
        MemoryStream stream = new();
        await GrpcFrames.WriteAsync(stream, new byte[] { 1, 2, 3 }, default);
        await GrpcFrames.WriteAsync(stream, default, default);
        Assert.Equal("00000000030102030000000000", Convert.ToHexString(stream.ToArray()));
        stream.Position = 0;
        Assert.Equal("010203", Convert.ToHexString(await GrpcFrames.ReadAsync(stream, default) ?? []));
        Assert.Empty(await GrpcFrames.ReadAsync(stream, default) ?? [1]);
        Assert.Null(await GrpcFrames.ReadAsync(stream, default));
    }

    [Theory]
    [InlineData("00", "Internal")]
    [InlineData("00000000", "Internal")]
    [InlineData("0000000003", "Internal")]
    [InlineData("00000000030102", "Internal")]
    [InlineData("0100000001ff", "Internal")]
    [InlineData("ff00000001ff", "Internal")]
    [InlineData("0001000001ff", "ResourceExhausted")]
    [InlineData("00ffffffffff", "ResourceExhausted")]
    public async Task Read_WhatIsNoMessage_IsRefused(string bytes, string status)
    {
        GrpcException refused = await Assert.ThrowsAsync<GrpcException>(async () => await GrpcFrames.ReadAsync(new MemoryStream(Convert.FromHexString(bytes)), default));
        Assert.Equal(status, refused.Status.ToString());
    }
}
