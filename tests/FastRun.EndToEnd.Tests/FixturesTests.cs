using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>The images that the tests write by hand are what other tools take for images.</summary>
public sealed class FixturesTests(TestImages images)
{
    [Theory]
    [InlineData(LayerCompression.None)]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void BusyboxIn_EachCompression_SkopeoCopiesAndVerifiesIt(LayerCompression compression)
    {
        string copy = Directory.CreateTempSubdirectory("fastrun-copy-").FullName;
        try
        {
            _ = Command.Output("skopeo", "--insecure-policy", "copy", images.BusyboxIn(compression), "oci:" + copy + ":copy");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void Archives_MadeBySkopeo_SkopeoReads()
    {
        Assert.Contains("example.test/busybox:1.0", Command.Output("skopeo", "list-tags", images.DockerArchive), StringComparison.Ordinal);
        Assert.Contains("\"linux\"", Command.Output("skopeo", "inspect", images.OciArchive), StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_AndConfigured_SkopeoInspects()
    {
        Assert.Contains("linux", Command.Output("skopeo", "inspect", images.Probe), StringComparison.Ordinal);
        Assert.Contains("FROM_IMAGE=1", Command.Output("skopeo", "inspect", images.Configured), StringComparison.Ordinal);
    }

    [Fact]
    public void MultiPlatform_SkopeoChoosesByArchitecture() =>
        Assert.Contains("s390x", Command.Output("skopeo", "--override-arch", "s390x", "inspect", images.MultiPlatform), StringComparison.Ordinal);
}
