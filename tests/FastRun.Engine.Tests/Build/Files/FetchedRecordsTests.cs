using System;
using System.IO;
using FastRun.Engine.Build.Files;
using FastRun.Layers;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Tests.Build.Files;

public sealed class FetchedRecordsTests : IDisposable
{
    private const string Digest = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-fetched-").FullName;

    private StateLayout Layout => new(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_Read_AreOpposites()
    {
        FetchedRecord record = new() { Digest = Digest, Modified = 1_700_000_000, Validators = new DownloadValidators("W/\"one\"", "Tue, 14 Nov 2023 22:13:20 GMT") };
        FetchedRecords.Write(Layout, "key", record);
        Assert.Equal(record, FetchedRecords.TryRead(Layout, "key"));
        Assert.Null(FetchedRecords.TryRead(Layout, "other"));
        FetchedRecords.Write(Layout, "bare", new FetchedRecord { Digest = Digest });
        Assert.False(FetchedRecords.TryRead(Layout, "bare")!.Validators.IsAny);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\":1,\"digest\":\"none\"}")]
    [InlineData("{\"schemaVersion\":2,\"digest\":\"" + Digest + "\"}")]
    [InlineData("{\"schemaVersion\":1,\"digest\":\"" + Digest + "\",\"modified\":\"soon\"}")]
    public void Read_WhatIsNone_IsNone(string json)
    {
        Directory.CreateDirectory(Layout.BuildFetched);
        File.WriteAllText(Path.Combine(Layout.BuildFetched, "key"), json);
        Assert.Null(FetchedRecords.TryRead(Layout, "key"));
    }

    [Fact]
    public void Sweep_RemovesTheOldOnes()
    {
        FetchedRecords.Write(Layout, "old", new FetchedRecord { Digest = Digest });
        FetchedRecords.Write(Layout, "new", new FetchedRecord { Digest = Digest });
        File.SetLastWriteTimeUtc(Path.Combine(Layout.BuildFetched, "old"), DateTime.UnixEpoch.AddDays(1));
        FetchedRecords.Sweep(Layout, 200_000);
        Assert.Null(FetchedRecords.TryRead(Layout, "old"));
        Assert.NotNull(FetchedRecords.TryRead(Layout, "new"));
    }
}
