using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Oci;

/// <summary>Normal forms are those of containerd's platforms package.</summary>
public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/amd64/v1", "linux/amd64")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/v6", "linux/arm/v6")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("linux/i386", "linux/386")]
    [InlineData("LINUX/AMD64", "linux/amd64")]
    [InlineData("arm64", "linux/arm64")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void Parse_Spellings_NormalForm(string text, string expected) =>
        Assert.Equal(expected, Platform.Parse(text).ToString());

    [Fact]
    public void Parse_OsOnly_HostsArchitecture() => Assert.Equal(Platform.Host, Platform.Parse("linux"));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("linux/")]
    [InlineData("linux//v8")]
    [InlineData("a/b/c/d")]
    [InlineData("linux/am d64")]
    [InlineData("linux/../x")]
    public void Parse_Invalid_Refused(string text) =>
        Assert.Throws<ReferenceFormatException>(() => Platform.Parse(text));

    [Theory]
    [InlineData("linux/arm64/v8", "linux/arm64", 0)]
    [InlineData("linux/arm64", "linux/arm64/v8", 0)]
    [InlineData("linux/arm/v6", "linux/arm/v7", 1)]
    [InlineData("linux/arm/v5", "linux/arm/v7", 2)]
    [InlineData("linux/arm/v8", "linux/arm/v7", -1)]
    [InlineData("linux/amd64", "linux/amd64/v3", 2)]
    [InlineData("linux/amd64/v3", "linux/amd64", -1)]
    [InlineData("linux/arm64", "linux/amd64", -1)]
    [InlineData("windows/amd64", "linux/amd64", -1)]
    public void DistanceFrom_Variants_OlderServesNewer(string image, string wanted, int distance) =>
        Assert.Equal(distance, Platform.Parse(image).DistanceFrom(Platform.Parse(wanted)));
}
