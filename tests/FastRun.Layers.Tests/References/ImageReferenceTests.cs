using FastRun.Layers.References;

namespace FastRun.Layers.Tests.References;

/// <summary>Expected values are those of the distribution project's own reference tests and of the Docker command line.</summary>
public sealed class ImageReferenceTests
{
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("index.docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("library/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("docker.io/library/foo/bar", "docker.io/library/foo/bar:latest", "library/foo/bar:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/a/b/c:t", "localhost:5000/a/b/c:t", "localhost:5000/a/b/c:t")]
    [InlineData("ghcr.io/a/b", "ghcr.io/a/b:latest", "ghcr.io/a/b:latest")]
    [InlineData("127.0.0.1:5000/a", "127.0.0.1:5000/a:latest", "127.0.0.1:5000/a:latest")]
    [InlineData("[2001:db8::1]:5000/a", "[2001:db8::1]:5000/a:latest", "[2001:db8::1]:5000/a:latest")]
    [InlineData("[2001:db8::1]/a", "[2001:db8::1]/a:latest", "[2001:db8::1]/a:latest")]
    [InlineData("Host/a", "Host/a:latest", "Host/a:latest")]
    [InlineData("a_b-c__d/e---f", "docker.io/a_b-c__d/e---f:latest", "a_b-c__d/e---f:latest")]
    [InlineData("x:_Tag.1-", "docker.io/library/x:_Tag.1-", "x:_Tag.1-")]
    [InlineData("x@sha256:" + Hex, "docker.io/library/x@sha256:" + Hex, "x@sha256:" + Hex)]
    [InlineData("x:t@sha256:" + Hex, "docker.io/library/x:t@sha256:" + Hex, "x:t@sha256:" + Hex)]
    public void Parse_Valid_FullAndFamiliarForms(string text, string full, string familiar)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.ToFamiliarString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a:")]
    [InlineData(":a")]
    [InlineData("a:.b")]
    [InlineData("a:-b")]
    [InlineData("a:b c")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("a.-b")]
    [InlineData("_a")]
    [InlineData(".a")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("localhost/../../etc")]
    [InlineData("x.y/_tags/a")]
    [InlineData("a@sha256:abc")]
    [InlineData("a@md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a@sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("a@")]
    [InlineData("host:port/a")]
    [InlineData("host:99999/a")]
    [InlineData("host:/a")]
    [InlineData("[::1/a")]
    [InlineData("[]/a")]
    [InlineData("a.b_c/d")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("-x.y/a")]
    [InlineData("x-.y/a")]
    [InlineData("x..y/a")]
    [InlineData(Hex)]
    public void Parse_Invalid_Refused(string text) =>
        Assert.Throws<ReferenceFormatException>(() => ImageReference.Parse(text));

    [Theory]
    [InlineData("Busybox", "Busybox: invalid reference format: repository name (library/Busybox) must be lowercase")]
    [InlineData("localhost/App", "localhost/App: invalid reference format: repository name (App) must be lowercase")]
    [InlineData("a b", "a b: invalid reference format")]
    [InlineData("a\u001b[31m", "a\\u001b[31m: invalid reference format")]
    public void Parse_Invalid_SaysWhyInOneLine(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ReferenceFormatException>(() => ImageReference.Parse(text)).Message);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Parse_RepositoryLength_LimitedTo255(int length, bool valid) =>
        Assert.Equal(valid, ImageReference.TryParse("localhost/" + new string('a', length), out _));

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Parse_TagLength_LimitedTo128(int length, bool valid) =>
        Assert.Equal(valid, ImageReference.TryParse("a:" + new string('t', length), out _));

    [Theory]
    [InlineData("busybox", true, "localhost/busybox:latest")]
    [InlineData("a/b:1", true, "localhost/a/b:1")]
    [InlineData("docker.io/library/busybox", false, "localhost/busybox:latest")]
    public void IsShort_NoRegistryTyped_MayMeanLocal(string text, bool isShort, string local)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal(isShort, reference.IsShort);
        Assert.Equal(local, reference.ToLocal().ToString());
    }

    [Theory]
    [InlineData("..", "a", "t")]
    [InlineData("x", "../a", "t")]
    [InlineData("x", "a", "../t")]
    [InlineData("", "a", "t")]
    [InlineData("x", "", "t")]
    [InlineData("x", "a", "")]
    public void Construct_InvalidPart_Refused(string registry, string repository, string tag) =>
        Assert.Throws<ReferenceFormatException>(() => new ImageReference(registry, repository, tag));
}
