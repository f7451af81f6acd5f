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
}
