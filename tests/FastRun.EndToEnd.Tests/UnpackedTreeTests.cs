using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>A real distribution's tree on disk is, name by name, what GNU tar and umoci make of the same image.</summary>
public sealed class UnpackedTreeTests(TestImages images) : SandboxTest(images)
{
    /// <summary>Some hundred megabytes are unpacked three times and read three times, beside other tests.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void Debian_ModesOwnersTimesAttributesLinksDevices_AreThoseOfTarAndUmoci()
    {
        Run(FastRun("exec", "--no-workspace", Images.Debian, "--", "true"));
        string layer = Assert.Single(Directory.GetDirectories(Path.Combine(Roots.Data, "layers")), path => !Path.GetFileName(path).StartsWith('_'));
        string[] ours = TreeListing.Of(Path.Combine(layer, "fs"));
        Assert.True(ours.Length > 1000, "a distribution has thousands of files");

        string layout = Images.Debian["oci:".Length..];
        string blob = new DirectoryInfo(Path.Combine(layout, "blobs", "sha256")).GetFiles().MaxBy(file => file.Length)!.FullName;
        string tar = Roots.NewDirectory("tar");
        Run(new Command("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-C", tar, "-xpzf", blob));
        Assert.Equal(TreeListing.Of(tar), ours);

        string bundle = Path.Combine(Roots.Top, "umoci");
        Run(new Command("umoci", "unpack", "--image", layout + ":latest", bundle));
        Assert.Equal(TreeListing.Of(Path.Combine(bundle, "rootfs")), ours);
    }

    private static void Run(Command command) => (command with { Timeout = s_patience }).Run().Exits(0);
}
