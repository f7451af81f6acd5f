using System;
using System.Security.Cryptography;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Layers;
using FastRun.Layers.Content;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Containers;

public sealed class ImageHealthCheckTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly StateLayout _layout;

    public ImageHealthCheckTests() => _layout = new StateLayout(_tree.Host + "/data", _tree.Host + "/run");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Merge_ImagesProbe_IsTakenWithItsShell()
    {
        LaunchRecord image = Image("""{"Test":["CMD-SHELL","true || x"],"Interval":5000000000,"Timeout":0,"Retries":4},"Shell":["/bin/ash","-ec"]""");

        HealthCheck check = ImageHealthCheck.Merge(_layout, null, image)!;

        Assert.Equal(["/bin/ash", "-ec", "true || x"], check.Command);
        Assert.Equal((TimeSpan.FromSeconds(5), null, 4), (check.Interval, check.Timeout, check.Retries));
    }

    [Fact]
    public void Merge_RequestsFields_WinOneByOne()
    {
        LaunchRecord image = Image("""{"Test":["CMD","probe","--all"],"Interval":5000000000,"StartPeriod":1000000}""");

        HealthCheck check = ImageHealthCheck.Merge(_layout, new HealthCheck { Interval = TimeSpan.FromSeconds(1) }, image)!;
        Assert.Equal(["probe", "--all"], check.Command);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1)), (check.Interval, check.StartPeriod));

        check = ImageHealthCheck.Merge(_layout, new HealthCheck { Test = ["CMD-SHELL", "mine"] }, image)!;
        Assert.Equal(["/bin/sh", "-c", "mine"], check.Command);
    }

    [Theory]
    [InlineData("""{"Test":["NONE"]}""")]
    [InlineData("""{"Test":[]}""")]
    [InlineData("""{"Interval":5000000000}""")]
    public void Merge_NothingToRun_IsNull(string probe) => Assert.Null(ImageHealthCheck.Merge(_layout, null, Image(probe)));

    [Fact]
    public void Merge_None_TakesTheImagesAway()
    {
        LaunchRecord image = Image("""{"Test":["CMD","probe"]}""");

        Assert.Null(ImageHealthCheck.Merge(_layout, new HealthCheck { Test = ["NONE"] }, image));
        Assert.NotNull(ImageHealthCheck.Merge(_layout, null, image));
        Assert.Null(ImageHealthCheck.Merge(_layout, null, null));
    }

    private LaunchRecord Image(string probe)
    {
        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:{{{new string('0', 64)}}}"]},"config":{"Healthcheck":{{{probe}}}}}""");
        Digest digest = Digest.Parse("sha256:" + Convert.ToHexStringLower(SHA256.HashData(config)));
        new ContentStore(_layout).Write(digest, config);
        return new LaunchRecord { ImageId = digest, Platform = Platform.Host, LayerIds = ["x"] };
    }
}
