using System;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Tests.Launch.Mounts;

public sealed class MountPlannerTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly RunResources _owned = new();

    public void Dispose()
    {
        _owned.Release();
        _tree.Dispose();
    }

    [Theory]
    [InlineData("/proc", "/proc", true)]
    [InlineData("/proc/a", "/proc", true)]
    [InlineData("/process", "/proc", false)]
    [InlineData("/pro", "/proc", false)]
    [InlineData("/a/proc", "/proc", false)]
    [InlineData("/a", "", true)]
    public void IsBelow_ComparesWholeNames(string path, string directory, bool expected) =>
        Assert.Equal(expected, MountPlanner.IsBelow(path, directory));

    [Fact]
    public void Add_NestedTargets_AreInOrderOfDepth()
    {
        MountPlanner planner = Planner();

        planner.Add([Tmpfs("/a/b/c"), Tmpfs("/z/"), Tmpfs("/a/b"), Tmpfs("/a")], NoVolumes);

        Assert.Equal(["/z/", "/a", "/a/b", "/a/b/c"], planner.Planned.Select(mount => mount.Target));
    }

    [Fact]
    public void Add_TargetInAnotherMount_IsMadeThereAndNotInTheRoot()
    {
        MountPlanner planner = Planner();

        planner.Add([Tmpfs("/a/b/c"), Tmpfs("/a")], NoVolumes);

        Assert.True(FileAt.Stat(planner.Planned[0].Mount, "b/c").IsDirectory);
        Assert.True(Directory.Exists(_tree.Path + "/a"));
        Assert.False(Directory.Exists(_tree.Path + "/a/b"));
    }

    [Fact]
    public void Add_BoundFileInATmpfs_GetsAFileThere()
    {
        string source = _tree.Host + "/source";
        File.WriteAllText(source, "text");
        MountPlanner planner = Planner();

        planner.Add([Bind(source, "/a/file"), Tmpfs("/a")], NoVolumes);

        Assert.Equal(FileType.Regular, FileAt.Stat(planner.Planned[0].Mount, "file").Type);
        Assert.Equal(["/a", "/a/file"], planner.Planned.Select(mount => mount.Target));
        Assert.Empty(Directory.GetFileSystemEntries(_tree.Path + "/a"));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/sys/kernel")]
    [InlineData("/link")]
    [InlineData("/link/sys")]
    public void Add_TargetInProc_IsRefused(string target)
    {
        Directory.CreateDirectory(_tree.Path + "/proc");
        _tree.Link("/link", "proc");
        MountPlanner planner = Planner();

        EngineException e = Assert.Throws<EngineException>(() => planner.Add([Tmpfs(target)], NoVolumes));

        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        Assert.Contains($"\"{target}\" cannot be mounted because it is inside /proc", e.Message, StringComparison.Ordinal);
        Assert.Empty(planner.Planned);
    }

    [Fact]
    public void Add_MissingBindSource_IsRefusedAndMakesNothing()
    {
        MountPlanner planner = Planner();

        EngineException e = Assert.Throws<EngineException>(
            () => planner.Add([Bind(_tree.Host + "/missing", "/a")], NoVolumes));

        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        Assert.Contains("bind source path does not exist", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_tree.Path));
    }

    [Fact]
    public void Add_ReadOnlyBind_CannotBeWrittenThrough()
    {
        string source = Directory.CreateDirectory(_tree.Host + "/source").FullName;
        MountPlanner planner = Planner();

        planner.Add([Bind(source, "/a") with { ReadOnly = true }], NoVolumes);

        SyscallException e = Assert.Throws<SyscallException>(
            () => FileAt.MakeDirectory(planner.Planned[0].Mount, "x", 0b_111_000_000));
        Assert.Equal(Errno.EROFS, e.Errno);
    }

    private MountPlanner Planner()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts");
        // Detached, as a container's root is when its mounts are planned: its paths begin at itself.
        Fd root = _owned.Own(MountTree.Clone(_tree.Root, recursive: false));
        return new MountPlanner(root, _owned.Own(DeviceFilesystem.Create(null, sharedMemory: null, root, [])), _owned);
    }

    private static MountRequest Tmpfs(string target) => new() { Kind = MountKind.Tmpfs, Target = target };

    private static MountRequest Bind(string source, string target) =>
        new() { Kind = MountKind.Bind, Source = source, Target = target };

    private static Volume NoVolumes(MountRequest request) => throw new InvalidOperationException(request.Target);
}
