using FastRun.Layers.References;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Layers.Tests.Registry.Authentication;

public sealed class RegistryServerTests
{
    [Theory]
    [InlineData(null, "docker.io", "https://index.docker.io/v1/")]
    [InlineData("", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("docker.io", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("index.docker.io", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("registry-1.docker.io", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("https://index.docker.io/v1/", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("localhost:5000", "localhost:5000", "localhost:5000")]
    [InlineData("http://localhost:5000/v2/", "localhost:5000", "localhost:5000")]
    [InlineData("https://quay.io", "quay.io", "quay.io")]
    [InlineData("quay.io/org", "quay.io", "quay.io")]
    [InlineData("[::1]:5000", "[::1]:5000", "[::1]:5000")]
    public void Parse_NameOrUrl_GivesHostAndKey(string? text, string host, string key)
    {
        RegistryServer server = RegistryServer.Parse(text);

        Assert.Equal(host, server.Host);
        Assert.Equal(key, server.Key);
    }

    [Theory]
    [InlineData("user:password@host")]
    [InlineData("a b")]
    [InlineData("https://")]
    [InlineData("host:port")]
    [InlineData("../etc")]
    [InlineData("-host")]
    [InlineData("host?query")]
    public void Parse_NoRegistry_IsRefused(string text) =>
        Assert.Throws<ReferenceFormatException>(() => RegistryServer.Parse(text));
}
