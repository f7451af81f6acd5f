using System;
using System.Text;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Oci;

public sealed class ImageConfigTests
{
    [Fact]
    public void Parse_TheSpecificationsExample_AllFields()
    {
        // From OCI image-spec v1.1, config.md, shortened.
        ImageConfig config = Parse("""
            {"created":"2015-10-31T22:22:56.015925234Z","author":"Alyssa P. Hacker <alyspdev@example.com>",
             "architecture":"amd64","os":"linux",
             "config":{"User":"alice","ExposedPorts":{"8080/tcp":{}},"Env":["PATH=/usr/bin","FOO=oci_is_a"],
               "Entrypoint":["/bin/my-app-binary"],"Cmd":["--foreground"],"Volumes":{"/var/job-result-data":{}},
               "WorkingDir":"/home/alice","Labels":{"com.example.project.git.url":"https://example.com/project.git"},
               "StopSignal":"SIGTERM","Healthcheck":{"Test":["CMD","true"],"Interval":1000000000,"Retries":3}},
             "rootfs":{"diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"type":"layers"},
             "history":[{"created":"2015-10-31T22:22:54.690851953Z","created_by":"/bin/sh -c #(nop) ADD file","empty_layer":true}]}
            """);
        Assert.Equal("linux/amd64", config.Platform.ToString());
        Assert.Equal(["PATH=/usr/bin", "FOO=oci_is_a"], config.Config!.Env);
        Assert.Equal(["/bin/my-app-binary"], config.Config.Entrypoint);
        Assert.Equal("alice", config.Config.User);
        Assert.Equal(["/var/job-result-data"], config.Config.Volumes!.Keys);
        Assert.Equal(1_000_000_000, config.Config.Healthcheck!.Interval);
        Assert.True(config.History![0].EmptyLayer);
        Assert.Single(config.DiffIds);
        Assert.Equal(new DateTimeOffset(2015, 10, 31, 22, 22, 56, TimeSpan.Zero).ToUnixTimeSeconds(), config.CreatedAt.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("{}", "not an image config: \"os\", \"architecture\" or \"rootfs.diff_ids\" is missing")]
    [InlineData("null", "not a JSON object")]
    [InlineData("""{"os":1}""", "not an image config: $.os has the wrong type")]
    [InlineData("""{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["x"]}}""", "invalid diff_id x")]
    [InlineData("""{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[null]}}""", "invalid diff_id null")]
    [InlineData("""{"os":"linux","architecture":"amd64","rootfs":{"type":"zip","diff_ids":[]}}""", "the root file system's type is zip, not layers")]
    [InlineData("""{"os":"li/nux","architecture":"amd64","rootfs":{"diff_ids":[]}}""", "invalid platform li/nux/amd64/")]
    [InlineData("""{"os":"linux","os":"linux"}""", "the key \"os\" occurs twice in one object")]
    public void Parse_Malformed_SaysWhat(string json, string problem)
    {
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => Parse(json));
        Assert.Equal("it: " + problem, e.Message);
    }

    [Fact]
    public void Parse_NoDate_IsTheEpoch() => Assert.Equal(
        DateTimeOffset.UnixEpoch, Parse("""{"os":"linux","architecture":"amd64","created":"x","rootfs":{"diff_ids":[]}}""").CreatedAt);

    private static ImageConfig Parse(string json) => ImageConfig.Parse(Encoding.UTF8.GetBytes(json), "it");
}
