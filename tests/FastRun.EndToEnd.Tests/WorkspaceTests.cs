using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>The workspace, and the image <c>host</c>.</summary>
public sealed class WorkspaceTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Workspace_Default_IsTheCurrentDirectoryAtItsOwnPath()
    {
        string work = Roots.NewDirectory("work");
        File.WriteAllText(Path.Combine(work, "in"), "source");
        Command command = FastRun("exec", Images.Busybox, "--", "sh", "-c", "pwd; cat in; touch out") with { WorkingDirectory = work };
        Assert.Equal(work + "\nsource", command.Run().Output);
        Assert.True(File.Exists(Path.Combine(work, "out")));
    }

    [Fact]
    public void Workspace_Flag_ChoosesDirectoryTargetAndMode()
    {
        string work = Roots.NewDirectory("work");
        Assert.Equal(work, FastRun("exec", "--workspace", work, Images.Busybox, "--", "pwd").Run().Output);
        Assert.Equal("/src", FastRun("exec", "--workspace", work + ":/src", Images.Busybox, "--", "pwd").Run().Output);
        CommandResult result = FastRun("exec", "--workspace", work + ":/src:ro", Images.Busybox, "--", "touch", "file").Run().Exits(1);
        Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Workspace_BelowAMountOfTheRequest_IsNotCoveredByIt()
    {
        string work = Roots.NewDirectory("work");
        File.WriteAllText(Path.Combine(work, "in"), "source");
        string seen = FastRun("exec", "--tmpfs", "/src", "--workspace", work + ":/src/work", Images.Busybox, "--", "sh", "-c", "pwd; cat in")
            .Run().Output;
        Assert.Equal("/src/work\nsource", seen);
    }

    [Fact]
    public void Workspace_None_IsNotMounted()
    {
        Assert.Equal("/", Exec([], "pwd").Output);
        _ = Exec([], "ls", Roots.Top).Exits(1);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("build")]
    [InlineData("4321:99")]
    public void Workspace_OfAUser_FilesBelongToHer_WhoeverRunsInside(string user)
    {
        string work = Roots.NewDirectory("work");
        _ = Command.Output("chown", "1000:1000", work);

        string seen = FastRun("exec", "-u", user, "--workspace", work, Images.Busybox, "--", "sh", "-c", "mkdir d && echo x > d/f && stat -c %u d/f && id -u")
            .Run().Output;

        string[] ids = seen.Split('\n');
        Assert.Equal(ids[1], ids[0]);
        Assert.Equal("1000:1000\n1000:1000", Command.Output("stat", "-c", "%u:%g", Path.Combine(work, "d"), Path.Combine(work, "d", "f")));
    }

    [Fact]
    public void Workspace_OfAUser_NoIdInsideMakesFilesOfRoot()
    {
        string work = Roots.NewDirectory("work");
        _ = Command.Output("chown", "1000:1000", work);
        _ = Command.Output("chmod", "777", work);

        _ = FastRun("exec", "--workspace", work, Images.Busybox, "--", "sh", "-c", "for id in 0 1 1000 1234 65534; do touch f$id; chown $id:$id f$id; done; mkdir s; chmod 4755 s").Run();

        Assert.All(Command.Output("sh", "-c", $"stat -c %u {work}/*").Split('\n'), uid => Assert.NotEqual("0", uid));
    }

    [Fact]
    public void Workspace_OfRoot_CalledByRoot_StaysRoots()
    {
        string work = Roots.NewDirectory("work");
        _ = FastRun("exec", "--workspace", work, Images.Busybox, "--", "touch", "file").Run().Exits(0);
        Assert.Equal("0:0", Command.Output("stat", "-c", "%u:%g", Path.Combine(work, "file")));
    }

    [Fact]
    public void Host_Image_RunsTheHostsOwnPrograms()
    {
        string work = Roots.NewDirectory("work");
        _ = Command.Output("cp", "-r", Path.Combine(Repository.Root, "examples", "hello"), work);
        CommandResult result = FastRun("exec", "--workspace", work, "host", "--", "make", "-C", "hello", "clean", "test").Run();
        Assert.Contains("ok: 3 checks passed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Host_Changes_StayInTheSandbox()
    {
        string name = "/fastrun-e2e-" + Guid.NewGuid().ToString("N");
        Assert.Equal("x", FastRun("exec", "--no-workspace", "host", "--", "sh", "-c", $"echo x > {name}; echo x > /etc{name}; cat {name}").Run().Output);
        Assert.False(File.Exists(name));
        Assert.False(File.Exists("/etc" + name));
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("/etc/gshadow")]
    public void Host_ShadowFiles_AreMasked(string file)
    {
        Assert.True(File.ReadAllText(file).Length > 0);
        Assert.Equal("", FastRun("exec", "--no-workspace", "host", "--", "sh", "-c", $"cat {file} 2>/dev/null; :").Run().Output);
    }

    [Fact]
    public void Host_HomesKeysAndOurOwnState_AreMasked()
    {
        string home = "/home/fastrun-e2e-" + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(home);
        File.WriteAllText(Path.Combine(home, "secret"), "secret");
        string key = "/etc/ssh/ssh_host_dsa_key";
        bool madeSsh = !Directory.Exists("/etc/ssh");
        bool madeKey = !File.Exists(key);
        Directory.CreateDirectory("/etc/ssh");
        if (madeKey)
        {
            File.WriteAllText(key, "secret");
        }

        try
        {
            string output = FastRun(
                "exec", "--no-workspace", "host", "--", "sh", "-c", $"cat {home}/secret {key} /root/.bashrc 2>/dev/null; ls -A {Roots.Data} {Roots.Run} /home 2>/dev/null | grep -v ':$' | grep . ; :").Run().Output;
            Assert.Equal("", output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
            if (madeKey)
            {
                File.Delete(key);
            }

            if (madeSsh)
            {
                Directory.Delete("/etc/ssh");
            }
        }
    }

    [Fact]
    public void Host_WorkspaceBelowAHome_IsThereAndItsNeighboursAreNot()
    {
        string home = "/home/fastrun-e2e-" + Guid.NewGuid().ToString("N");
        string work = Directory.CreateDirectory(Path.Combine(home, "work")).FullName;
        File.WriteAllText(Path.Combine(home, "secret"), "secret");
        try
        {
            Command command = FastRun("exec", "host", "--", "sh", "-c", "pwd; echo x > out; ls ..") with { WorkingDirectory = work };
            Assert.Equal($"{work}\nwork", command.Run().Output);
            Assert.True(File.Exists(Path.Combine(work, "out")));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void Host_OtherMountedFileSystems_AreReadOnly()
    {
        string mount = "/mnt/fastrun-e2e-" + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(mount);
        string device = Path.Combine(Roots.Top, "device");
        _ = Command.Output("truncate", "-s", "8M", device);
        _ = Command.Output("mkfs.ext4", "-q", "-F", device);
        _ = Command.Output("mount", "-o", "loop", device, mount);
        try
        {
            File.WriteAllText(Path.Combine(mount, "file"), "separate");
            CommandResult result = FastRun("exec", "--no-workspace", "host", "--", "sh", "-c", $"cat {mount}/file; touch {mount}/new").Run().Exits(1);
            Assert.Equal("separate", result.Stdout);
            Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
        }
        finally
        {
            _ = Command.Output("umount", mount);
            Directory.Delete(mount);
        }
    }
}
