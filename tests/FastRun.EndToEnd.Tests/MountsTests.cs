using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Binds, volumes, tmpfs and the root itself.</summary>
public sealed class MountsTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Volume_BindOfADirectory_IsReadAndWritten()
    {
        string directory = Roots.NewDirectory("shared");
        File.WriteAllText(Path.Combine(directory, "in"), "from host");
        Assert.Equal("from host", Shell("cat /mnt/in; echo from sandbox > /mnt/out", "-v", directory + ":/mnt").Output);
        Assert.Equal("from sandbox\n", File.ReadAllText(Path.Combine(directory, "out")));
    }

    [Fact]
    public void Volume_ReadOnlyBind_CannotBeWritten()
    {
        string directory = Roots.NewDirectory("shared");
        CommandResult result = Shell("touch /mnt/file; mount -o remount,rw /mnt", "-v", directory + ":/mnt:ro").Exits(1);
        Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public void Volume_WithAMountNamespaceBelow_IsAnErrorThatNamesTheWayOut()
    {
        string directory = Roots.NewDirectory("namespaces");
        string file = Path.Combine(directory, "namespace");
        File.WriteAllText(file, "");
        Command.Run("mount", "--bind", "--make-private", directory, directory).Exits(0);
        try
        {
            // The kernel refuses a namespace that is older than the one to hold it, by numbers that it gives out by processor.
            string[] here = ["-c", Processor()];
            Command.Run("taskset", [.. here, "unshare", "--mount=" + file, "true"]).Exits(0);
            Command exec = ExecCommand(["-v", directory + ":/mnt"], "true");
            CommandResult refused = Command.Run("taskset", [.. here, exec.File, .. exec.Arguments]).Exits(125);
            Assert.Contains("/mnt in the container: a mount namespace is mounted below its source", refused.Stderr, StringComparison.Ordinal);
            Assert.Equal("namespace", Shell("ls /mnt", "--mount", $"type=bind,source={directory},target=/mnt,bind-recursive=disabled").Output);
        }
        finally
        {
            Command.Run("umount", "-R", directory).Exits(0);
        }
    }

    [Fact]
    public void Volume_BindOfAFile_IsThatFile()
    {
        string file = Roots.NewFile("note", "text");
        Assert.Equal("text", Exec(["-v", file + ":/etc/note"], "cat", "/etc/note").Output);
    }

    [Fact]
    public void Volume_MissingSource_IsMade_ButNotForMount()
    {
        string missing = Path.Combine(Roots.Top, "made");
        _ = Exec(["-v", missing + ":/mnt"], "true").Exits(0);
        Assert.True(Directory.Exists(missing));
        _ = Exec(["--mount", $"type=bind,source={missing}-not,target=/mnt"], "true").FailsWith(125, missing + "-not");
        Assert.False(Directory.Exists(missing + "-not"));
    }

    [Fact]
    public void Volume_Named_KeepsItsContentBetweenRuns_AndStartsWithTheImages()
    {
        string[] flags = ["exec", "--no-workspace", "--entrypoint", "", "-v", "kept:/data", Images.Configured, "--"];
        Assert.Equal("from the image", FastRun([.. flags, "cat", "/data/seed"]).Run().Output);
        _ = FastRun([.. flags, "sh", "-c", "echo more > /data/more"]).Run().Exits(0);
        Assert.Equal("more\nseed", FastRun([.. flags, "ls", "/data"]).Run().Output);
        Assert.Equal("1000:1000", FastRun([.. flags, "stat", "-c", "%u:%g", "/data"]).Run().Output);
    }

    [Fact]
    public void Volume_OfTheImage_IsAnonymousAndGoesWithTheSandbox()
    {
        string[] words = ["exec", "--no-workspace", "--entrypoint", "", Images.Configured, "--"];
        string[] lines = FastRun([.. words, "sh", "-c", "cat /data/seed; grep -c ' /data ' /proc/self/mountinfo"]).Run().Lines;
        Assert.Equal("from the image1", string.Concat(lines));
        string volumes = Path.Combine(Roots.Data, "volumes");
        Assert.True(!Directory.Exists(volumes) || Directory.GetDirectories(volumes).Length == 0);
    }

    [Fact]
    public void Mount_BindReadOnlyAndPropagation_AreHonoured()
    {
        string directory = Roots.NewDirectory("shared");
        string[] fields = Exec(["--mount", $"type=bind,src={directory},dst=/mnt,readonly,bind-propagation=rprivate"], "grep", " /mnt ", "/proc/self/mountinfo")
            .Output.Split(' ');
        Assert.Contains("ro", fields[5].Split(','));
        Assert.Equal("-", fields[6]);
    }

    [Fact]
    public void Mount_NestedHostMount_IsThereRecursively_AndReadOnlyAllTheWayDown()
    {
        string directory = Roots.NewDirectory("shared");
        string inner = Directory.CreateDirectory(Path.Combine(directory, "inner")).FullName;
        _ = Command.Output("mount", "-t", "tmpfs", "none", inner);
        File.WriteAllText(Path.Combine(inner, "file"), "inner");
        CommandResult result = Shell("cat /mnt/inner/file; touch /mnt/inner/new", "-v", directory + ":/mnt:ro");
        _ = Command.Output("umount", inner);
        Assert.Equal("inner", result.Stdout);
        Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Mount_Tmpfs_HasSizeAndMode()
    {
        string[] lines = Shell(
            "stat -c %a /scratch; df -k /scratch | tail -1 | awk '{print $2}'; dd if=/dev/zero of=/scratch/f bs=1k count=2000 2>/dev/null || echo full",
            "--mount", "type=tmpfs,destination=/scratch,tmpfs-size=1m,tmpfs-mode=0700").Lines;
        Assert.Equal(["700", "1024", "full"], lines);
    }

    [Fact]
    public void Tmpfs_Flag_HasDockersDefaultsAndItsOptions()
    {
        string options = Exec(["--tmpfs", "/scratch"], "grep", " /scratch ", "/proc/self/mountinfo").Output.Split(' ')[5];
        Assert.Contains("nosuid", options, StringComparison.Ordinal);
        Assert.Contains("nodev", options, StringComparison.Ordinal);
        Assert.Contains("noexec", options, StringComparison.Ordinal);
        Assert.Equal("yes", Shell("cp /bin/busybox /run/echo && /run/echo yes", "--tmpfs", "/run:exec,size=8m").Output);
    }

    [Fact]
    public void ReadOnly_Root_CannotBeWritten_ButVolumesCan()
    {
        string directory = Roots.NewDirectory("shared");
        CommandResult result = Shell("touch /mnt/yes && touch /tmp/no", "--read-only", "-v", directory + ":/mnt").Exits(1);
        Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(directory, "yes")));
    }

    [Fact]
    public void Root_Changes_AreGoneWithTheSandbox()
    {
        _ = Shell("echo changed > /etc/passwd; rm -rf /home; touch /new").Exits(0);
        Assert.Equal("root build", Shell("ls /home /new 2>/dev/null | grep build >/dev/null; echo $(head -2 /etc/passwd | cut -d: -f1)").Output);
    }

    [Fact]
    public void ShmSize_Default64Megabytes_OrAsAsked()
    {
        const string Size = "df -k /dev/shm | tail -1 | awk '{print $2}'";
        Assert.Equal("65536", Shell(Size).Output);
        Assert.Equal("2048", Shell(Size, "--shm-size", "2m").Output);
        Assert.Equal("1777", Exec([], "stat", "-c", "%a", "/dev/shm").Output);
    }

    [Fact]
    public void Device_Flag_MakesItThere()
    {
        _ = Exec([], "test", "-e", "/dev/kmsg").Exits(1);
        Assert.Equal("1:11", Exec(["--device", "/dev/kmsg:/dev/messages:r"], "sh", "-c", "echo $((0x$(stat -c %t /dev/messages))):$((0x$(stat -c %T /dev/messages)))").Output);
    }

    [Fact]
    public void MountInfo_OfASandbox_ShowsNoOtherMountOfTheHost()
    {
        string[] targets = [.. Exec([], "cat", "/proc/self/mountinfo").Lines.Select(line => line.Split(' ')[4])];
        Assert.Equal("/", targets[0]);
        Assert.All(targets, target => Assert.True(
            target == "/" || target.StartsWith("/proc", StringComparison.Ordinal) || target.StartsWith("/dev", StringComparison.Ordinal) ||
            target.StartsWith("/sys", StringComparison.Ordinal) || target.StartsWith("/etc/", StringComparison.Ordinal),
            target));
    }

    /// <summary>The number of one that may be used.</summary>
    private static string Processor() => File.ReadLines("/proc/self/status")
        .Single(static line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
        .Split('\t')[1].Split(',', '-')[0];
}
