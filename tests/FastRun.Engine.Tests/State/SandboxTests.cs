using System;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.State;

public sealed class SandboxTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-sandbox-").FullName;
    private readonly StateLayout _layout;

    public SandboxTests() => _layout = new StateLayout(_directory + "/data", _directory + "/run");

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Create_NoDataRootYet_MakesASandboxThatOnlyTheOwnerSees()
    {
        using Sandbox sandbox = Sandbox.Create(_layout);

        Assert.Matches("^[0-9a-f]{64}$", sandbox.Id);
        Assert.Equal(0b_111_000_000, (int)File.GetUnixFileMode(sandbox.Directory));
        Assert.Equal(0b_111_101_101, (int)File.GetUnixFileMode(sandbox.Upper));
        Assert.Equal(0b_111_000_000, (int)File.GetUnixFileMode(sandbox.Work));
        Assert.Equal([sandbox.Id], Sandbox.List(_layout));
    }

    [Fact]
    public void Create_ContainersCannotBeMade_IsAnErrorNotALoop()
    {
        Directory.CreateDirectory(_layout.DataRoot);
        File.WriteAllText(_layout.Containers, "");
        Assert.ThrowsAny<Exception>(() => Sandbox.Create(_layout));

        File.Delete(_layout.Containers);
        File.CreateSymbolicLink(_layout.Containers, "nowhere");
        Assert.ThrowsAny<Exception>(() => Sandbox.Create(_layout));
    }

    [Fact]
    public void TryAdopt_OnlyWhatNobodyHolds()
    {
        Sandbox sandbox = Sandbox.Create(_layout);
        Assert.Null(Sandbox.TryAdopt(_layout, sandbox.Id));

        sandbox.Dispose();
        using Sandbox adopted = AdoptEventually(sandbox.Id);
        Assert.Equal(sandbox.Directory, adopted.Directory);
        Assert.Null(Sandbox.TryAdopt(_layout, sandbox.Id));
    }

    [Fact]
    public void TryAdopt_Removed_IsNull()
    {
        using Sandbox sandbox = Sandbox.Create(_layout);
        File.WriteAllText(sandbox.Upper + "/file", "x");

        sandbox.Remove();

        Assert.Empty(Sandbox.List(_layout));
        Assert.Null(Sandbox.TryAdopt(_layout, sandbox.Id));
    }

    [Fact]
    public void List_NoDataRoot_IsEmpty() => Assert.Empty(Sandbox.List(_layout));

    [Fact]
    public void NoteCgroup_IsReadBackByWhoeverAdopts()
    {
        Sandbox sandbox = Sandbox.Create(_layout);
        Assert.Null(sandbox.NotedCgroup());
        sandbox.NoteCgroup(["/sys/fs/cgroup/a", "/sys/fs/cgroup/b c"]);
        sandbox.Dispose();

        using Sandbox adopted = AdoptEventually(sandbox.Id);

        Assert.Equal(["/sys/fs/cgroup/a", "/sys/fs/cgroup/b c"], adopted.NotedCgroup()!);
    }

    [Theory]
    [InlineData(0b_111_000_000, 0u, 0u)]
    [InlineData(0b_001_111_111_111, 1000u, 100u)]
    [InlineData(0b_110_111_101_101, 7u, 8u)]
    public void Mount_TopmostLayersRoot_GivesTheRootItsModeAndOwner(int mode, uint uid, uint gid)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs CAP_SYS_ADMIN");
        foreach (string layer in (string[])["top", "below"])
        {
            Directory.CreateDirectory(_layout.LayerTree(layer));
        }

        FileAt.ChangeOwner(null, _layout.LayerTree("top"), uid, gid);
        FileAt.ChangeMode(null, _layout.LayerTree("top"), mode);
        using Sandbox sandbox = Sandbox.Create(_layout);
        using Fd root = RootFilesystem.Mount(_layout, ["top", "below"], sandbox);

        FileStatus status = FileAt.Stat(root);
        Assert.Equal((mode, uid, gid), (status.Permissions, status.Uid, status.Gid));
    }

    [Fact]
    public void Mount_Host_GivesTheRootTheHostsModeAndOwner()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs CAP_SYS_ADMIN");
        using Sandbox sandbox = Sandbox.Create(_layout);
        using Fd root = HostRootFilesystem.Mount(_layout, [], sandbox);

        FileStatus status = FileAt.Stat(root);
        Assert.Equal((0b_111_101_101, 0u, 0u), (status.Permissions, status.Uid, status.Gid));
    }

    [Fact]
    public void Create_ManyAtOnce_AllDiffer()
    {
        Sandbox[] all = [.. ParallelEnumerable.Range(0, 16).Select(_ => Sandbox.Create(_layout))];
        Assert.Equal(16, all.Select(sandbox => sandbox.Id).Distinct().Count());
        Assert.Equal(16, Sandbox.List(_layout).Count);
        Array.ForEach(all, sandbox => sandbox.Dispose());
    }

    /// <summary>A process that another test starts has a copy of the lock's descriptor until it executes its program.</summary>
    private Sandbox AdoptEventually(string id)
    {
        Sandbox? adopted = null;
        Assert.True(SpinWait.SpinUntil(() => (adopted = Sandbox.TryAdopt(_layout, id)) is not null, TimeSpan.FromMinutes(1)));
        return adopted!;
    }
}
