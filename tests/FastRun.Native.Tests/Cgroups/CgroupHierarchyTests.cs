using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Native.Cgroups;

namespace FastRun.Native.Tests.Cgroups;

/// <summary>Hosts of other kinds than this one, and many processes at once.</summary>
[Trait("Category", "Root")]
[Trait("Category", "Kernel")]
public sealed class CgroupHierarchyTests
{
    // Where this host has v2: seen as the standard place, it is a host that has nothing else.
    private static readonly string s_v2 =
        Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";

    [Fact]
    public void Detect_V2AtThePlace_IsUnifiedAndHasNoV1()
    {
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect(s_v2);
        Assert.True(hierarchy.Unified);
        Assert.Empty(hierarchy.Controllers(CgroupVersion.V1));
        Assert.Equal(
            File.ReadAllText(s_v2 + "/cgroup.controllers").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
            hierarchy.Controllers(CgroupVersion.V2));
    }

    [Fact]
    public void Create_UnifiedWithoutTheController_IsRefusedAndLeavesNothing()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect(s_v2);
        if (hierarchy.Controllers(CgroupVersion.V2).Contains("memory"))
        {
            Assert.Skip("this host has the memory controller on v2");
        }

        string name = SandboxFixture.UniqueName();
        CgroupUnsupportedException exception = Assert.Throws<CgroupUnsupportedException>(
            () => Cgroup.Create(hierarchy, null, name, new() { MemoryBytes = 64 << 20 }, DevicePolicy.Default));
        Assert.Equal("this host cannot limit memory: the memory controller is in no cgroup hierarchy", exception.Message);
        Assert.Empty(Directory.EnumerateDirectories(s_v2, name, SearchOption.AllDirectories));
    }

    [Fact]
    public void Detect_V2MountedNowhere_IsMountedPrivately()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect("/nowhere");
        Assert.False(hierarchy.Unified);
        string name = SandboxFixture.UniqueName();
        using Cgroup cgroup = Cgroup.Create(hierarchy, null, name, new() { Pids = 10 }, DevicePolicy.Default);
        Assert.Single(Directory.EnumerateDirectories(s_v2, name, SearchOption.AllDirectories));
        cgroup.Remove();
        Assert.Empty(Directory.EnumerateDirectories(s_v2, name, SearchOption.AllDirectories));
    }

    [Fact]
    public void Enable_NestedGroups_EnablesAtEachLevel()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        string controller = hierarchy.Controllers(CgroupVersion.V2).FirstOrDefault() ?? "";
        Assert.SkipWhen(controller.Length == 0, "v2 has no controller here");
        string name = SandboxFixture.UniqueName();
        string group = Path.Combine(s_v2, name);
        string before = File.ReadAllText(s_v2 + "/cgroup.subtree_control");
        Directory.CreateDirectory(group + "/inner");
        try
        {
            SandboxParent.Enable(hierarchy.V2, name + "/inner", [controller]);
            SandboxParent.Enable(hierarchy.V2, name + "/inner", [controller]);
            Assert.Contains(controller, File.ReadAllText(group + "/cgroup.subtree_control"), StringComparison.Ordinal);
            Assert.Contains(controller, File.ReadAllText(group + "/inner/cgroup.subtree_control"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(group + "/inner");
            Directory.Delete(group);
            if (!before.Contains(controller, StringComparison.Ordinal))
            {
                hierarchy.V2.TryWrite("cgroup.subtree_control", "-" + controller);
            }
        }
    }

    [Fact]
    public void Enable_GroupWithProcesses_SaysWhyItCannot()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        string controller = hierarchy.Controllers(CgroupVersion.V2).FirstOrDefault() ?? "";
        Assert.SkipWhen(controller.Length == 0, "v2 has no controller here");
        using SandboxFixture sandbox = SandboxFixture.Create(parent: SandboxFixture.UniqueName());
        using Process process = sandbox.Start("echo up; sleep 100");
        process.StandardOutput.ReadLine();
        string before = File.ReadAllText(s_v2 + "/cgroup.subtree_control");
        try
        {
            CgroupUnsupportedException exception = Assert.Throws<CgroupUnsupportedException>(
                () => SandboxParent.Enable(hierarchy.V2, sandbox.Cgroup.Locations[0][1..], [controller]));
            Assert.Contains("processes are in that cgroup itself", exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            // The kernel takes a controller from a group only once no child has it.
            using CgroupDirectory? parent = hierarchy.V2.TryOpenChild(sandbox.Cgroup.Locations[0][1..].Split('/')[0]);
            parent?.TryWrite("cgroup.subtree_control", "-" + controller);
            if (!before.Contains(controller, StringComparison.Ordinal))
            {
                hierarchy.V2.TryWrite("cgroup.subtree_control", "-" + controller);
            }
        }
    }

    /// <summary>The first launches since boot race for the shared parent, here also against a collector that removes it.</summary>
    [Fact]
    public void Create_ManyAtOnceAfterPrune_AllEnforceTheDevicePolicy()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        for (int round = 0; round < 10; round++)
        {
            hierarchy.Prune();
            Parallel.For(0, 12, i =>
            {
                if (i % 4 == 3)
                {
                    using CgroupHierarchy collector = CgroupHierarchy.Detect();
                    collector.Prune();
                    return;
                }

                using SandboxFixture sandbox = SandboxFixture.Create();
                Assert.NotEqual(0, sandbox.Run("d=$(mktemp -d); mknod $d/k c 1 11; (exec 3<$d/k); r=$?; rm -r $d; exit $r").ExitCode);
            });
        }
    }

    [Fact]
    public void CreateAndRemove_Warm_LeaksNoDescriptor()
    {
        SandboxFixture.RequireRoot();
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        string prefix = SandboxFixture.UniqueName();
        for (int i = 0; i < 50; i++)
        {
            using Cgroup cgroup = Cgroup.Create(
                hierarchy, null, $"{prefix}-{i}", i % 2 == 0 ? new() : new() { Pids = 5 }, DevicePolicy.Default);
            cgroup.Remove();
        }

        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries("/proc/self/fd"),
            link => new FileInfo(link).LinkTarget?.Contains(prefix, StringComparison.Ordinal) == true);
    }
}
