using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.KernelGaps;

/// <summary>Root file systems of images where overlayfs takes its lowers in one text (before Linux 6.8), and where it does not.</summary>
public abstract class ImageRootTests(SharedGuest shared) : GuestTest(shared)
{
    [Theory]
    [InlineData(1, "gone\nopaque\nold")]
    [InlineData(2, "opaque\nnew")]
    [InlineData(120, "opaque\nnew")]
    [InlineData(230, "opaque\nnew")]
    [InlineData(499, "opaque\nnew")]
    public void Exec_Layers_AreAllThereInTheirOrder(int count, string below)
    {
        CommandResult result = Guest.FastRun(
            "exec", "--no-workspace", $"{GuestImages.Layers}{count}", "--", "sh", "-c",
            "cat /top; echo; ls -d /layer-* | wc -l; ls /below /below/opaque | grep -v -e : -e '^$'; echo x >/top");

        Assert.Equal($"{count}\n{count}\n{below}", result.Output);
    }

    [Fact]
    public void Exec_MoreLayersThanOverlayfsTakes_IsAnErrorThatSaysSo()
    {
        _ = Guest.FastRun("exec", "--no-workspace", GuestImages.Layers + "500", "--", "true")
            .FailsWith(125, "image: it has 500 layers", "499");
        Assert.Equal("", Guest.Script("ls /var/lib/fastrun/containers").Output);
    }

    [Fact]
    public void Exec_Mounts_AreAsAsked()
    {
        CommandResult result = Guest.FastRun(
            "exec", "--no-workspace", "--init", "--read-only", "--tmpfs", "/t:size=1m,exec", "-v", "gaps:/v", "-v", "/etc:/h:ro",
            GuestImages.Busybox, "--", "sh", "-c",
            "cat /proc/1/comm; for f in /t/f /v/f /h/f /f; do (echo x >$f) 2>/dev/null && echo $f; done; cat /h/hosts");
        Assert.Equal("fastrun-init\n/t/f\n/v/f\n127.0.0.1 localhost guest", result.Output);
        Assert.Equal("x", Guest.FastRun("exec", "--no-workspace", "-v", "gaps:/v:ro", GuestImages.Busybox, "--", "cat", "/v/f").Output);

        // A volume that is filled from the image: files are copied between two file systems.
        Assert.Contains("busybox", Guest.FastRun("exec", "--no-workspace", "-v", "gaps-bin:/bin", GuestImages.Busybox, "--", "ls", "/bin").Output);
    }

    [Fact]
    public void Exec_WorkspaceOfAUser_BelongsToItsOwnerInsideAndOut()
    {
        CommandResult result = Guest.Script(
            $"mkdir -p /data/owned && chown 1000:1000 /data/owned && cd /data/owned && "
            + $"fastrun exec {GuestImages.Busybox} -- sh -c 'pwd; echo x >file; stat -c %u:%g . file' && stat -c %u:%g file");

        Assert.Equal("/data/owned\n0:0\n0:0\n1000:1000", result.Output);
    }

    [Fact]
    public void Exec_WorkspaceOnATmpfs_IsIdmappedOrAnErrorThatSaysHow()
    {
        CommandResult result = Guest.Script(
            $"mkdir -p /tmp/gaps && chown 1000:1000 /tmp/gaps && cd /tmp/gaps && fastrun exec {GuestImages.Busybox} -- touch file && stat -c %u:%g file");

        // tmpfs has idmapped mounts since Linux 6.3.
        if (result.ExitCode == 0)
        {
            Assert.Equal("1000:1000", result.Output);
        }
        else
        {
            _ = result.FailsWith(125, "workspace /tmp/gaps: its file system has no idmapped mounts");
            Assert.Contains("-u 1000:1000", result.Stderr);
        }
    }

    [Fact]
    public void Exec_WaysOutThroughProc_AreRefused()
    {
        for (int descriptor = 3; descriptor < 12; descriptor++)
        {
            _ = Guest.FastRun("exec", "--no-workspace", "-w", $"/proc/self/fd/{descriptor}", GuestImages.Busybox, "--", "pwd")
                .FailsWith(125, "working directory");
        }

        _ = Guest.FastRun("exec", "--no-workspace", "-v", "/etc:/proc/x", GuestImages.Busybox, "--", "true").FailsWith(125, "/proc");
    }

    [Fact]
    public void Info_NamesTheOldestKernel() => Assert.Contains("Oldest Kernel: 5.14", Guest.FastRun("info").Lines);
}

[Collection<Linux61Collection>]
public sealed class ImageRootOnLinux61(Linux61 shared) : ImageRootTests(shared);

[Collection<Linux612Collection>]
public sealed class ImageRootOnLinux612(Linux612 shared) : ImageRootTests(shared);
