using System.Linq;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.References;

public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("oci:./images/ci:latest", ImageTransport.OciLayout, "./images/ci", "latest")]
    [InlineData("oci:/a/b", ImageTransport.OciLayout, "/a/b", null)]
    [InlineData("oci-archive:x.tar:docker.io/library/a:1", ImageTransport.OciArchive, "x.tar", "docker.io/library/a:1")]
    [InlineData("docker-archive:x.tar", ImageTransport.DockerArchive, "x.tar", null)]
    [InlineData("docker-archive:x.tar:localhost:5000/a:1", ImageTransport.DockerArchive, "x.tar", "localhost:5000/a:1")]
    public void Parse_Transport_PathAndName(string text, ImageTransport transport, string path, string? name)
    {
        ImageLocation location = ImageLocation.Parse(text);
        Assert.Equal((transport, path, name), (location.Transport, location.Path, location.Name));
        Assert.Null(location.Reference);
    }

    [Fact]
    public void Parse_Host_IsTheMachine() => Assert.Equal(ImageTransport.Host, ImageLocation.Parse("host").Transport);

    [Theory]
    [InlineData("oci:")]
    [InlineData("oci::tag")]
    [InlineData("oci:dir:")]
    [InlineData("oci:a\0b")]
    [InlineData("docker-archive:x.tar:Upper")]
    [InlineData("UPPER")]
    public void Parse_Invalid_Refused(string text) =>
        Assert.Throws<ReferenceFormatException>(() => ImageLocation.Parse(text));

    [Theory]
    [InlineData("cafe", "docker.io/library/cafe:latest", "cafe")]
    [InlineData("cafe:1", "docker.io/library/cafe:1", null)]
    [InlineData("sha256:cafe", null, "cafe")]
    [InlineData("sha256:latest", "docker.io/library/sha256:latest", null)]
    [InlineData(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        null,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Parse_WhatMayBeAnId_BothReadings(string text, string? reference, string? prefix)
    {
        ImageLocation location = ImageLocation.Parse(text);
        Assert.Equal(reference, location.Reference?.ToString());
        Assert.Equal(prefix, location.ImageIdPrefix);
    }

    [Theory]
    [InlineData("snapshot:db", "_snapshots/db:latest", "db")]
    [InlineData("snapshot:team/db:v2", "_snapshots/team/db:v2", "team/db:v2")]
    [InlineData("snapshot:library/db", "_snapshots/db:latest", "db")]
    public void Parse_Snapshot_ANameThatNoRegistryHas(string text, string reference, string name)
    {
        ImageLocation location = ImageLocation.Parse(text);
        Assert.Equal(ImageTransport.Snapshot, location.Transport);
        Assert.Equal(reference, location.Reference!.ToString());
        Assert.True(location.Reference.IsSnapshot);
        Assert.Equal((name, "snapshot:" + name), (location.Reference.SnapshotName, location.Reference.ToFamiliarString()));
    }

    [Theory]
    [InlineData("snapshot:")]
    [InlineData("snapshot:host")]
    [InlineData("snapshot:localhost/db")]
    [InlineData("snapshot:oci:db")]
    [InlineData("snapshot:snapshot:db")]
    [InlineData("snapshot:../db")]
    [InlineData("_snapshots/db")]
    public void Parse_NoSnapshotsName_Refused(string text) =>
        Assert.Throws<ReferenceFormatException>(() => ImageLocation.Parse(text));

    [Fact]
    public void NamesOfImages_AreThoseThatTheSameTextCouldMean()
    {
        ImageReference snapshot = ImageLocation.ParseSnapshot("db:1");
        Assert.Equal(["docker.io/library/db:1", "localhost/db:1"], snapshot.NamesOfImages().Select(static name => name.ToString()));
        Assert.Equal("docker.io/team/db:latest", ImageLocation.ParseSnapshot("team/db").NamesOfImages()[0].ToString());
        Assert.All(snapshot.NamesOfImages(), name => Assert.Equal(snapshot, name.ToSnapshot()));
    }
}
