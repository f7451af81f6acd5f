using System;
using System.Diagnostics;
using System.IO;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;
using FastRun.Native.Tests.Netlink;

namespace FastRun.Native.Tests.Namespaces;

public sealed class NetworkNamespaceTests
{
    public NetworkNamespaceTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");

    [Fact]
    public void Create_ANewNamespace_HasOnlyLoopbackAndTheThreadIsBack()
    {
        ulong before = Current();

        using TestNetwork network = new();

        Assert.Equal(before, Current());
        Assert.NotEqual(before, Inode(network.Namespace));
        LinkInfo loopback = Assert.Single(RouteQuery.Links(network.Socket), link => link.Kind is null);
        Assert.Equal((1, "lo", false), (loopback.Index, loopback.Name, loopback.IsUp));
    }

    [Fact]
    public void Enter_UntilDisposed_TheThreadIsInside()
    {
        ulong before = Current();
        using Fd created = NetworkNamespace.Create();

        using (NetworkNamespace.Enter(created))
        {
            Assert.Equal(Inode(created), Current());
            using Fd own = NetworkNamespace.OpenOwn();
            Assert.Equal(Inode(created), Inode(own));
        }

        Assert.Equal(before, Current());
    }

    [Fact]
    public void Enter_WhatIsNoNamespace_FailsAndTheThreadStays()
    {
        ulong before = Current();
        using Fd file = FileAt.Open(null, "/proc/self/status", OpenFlags.Read);

        SyscallException failure = Assert.Throws<SyscallException>(() => NetworkNamespace.Enter(file).Dispose());

        Assert.Equal(("setns", Errno.EINVAL), (failure.Syscall, failure.Errno));
        Assert.Equal(before, Current());
    }

    [Fact]
    public void TryOpen_AProcess_GivesItsNamespaceAndNoneOnceItHasEnded()
    {
        using Fd created = NetworkNamespace.Create();
        Process process;
        using (NetworkNamespace.Enter(created))
        {
            process = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }

        using (process)
        {
            ProcessInstance instance = ProcessInstance.Of(process.Id);
            using (Fd? opened = NetworkNamespace.TryOpen(instance))
            {
                Assert.NotNull(opened);
                Assert.Equal(Inode(created), Inode(opened));
            }

            Assert.Null(NetworkNamespace.TryOpen(instance with { StartTime = instance.StartTime + 1 }));
            process.StandardInput.Close();
            process.WaitForExit();
            Assert.Null(NetworkNamespace.TryOpen(instance));
        }
    }

    [Fact]
    public void TryOpen_NoProcess_IsNull() => Assert.Null(NetworkNamespace.TryOpen(default));

    private static ulong Current() => Inode("/proc/thread-self/ns/net");

    private static ulong Inode(Fd descriptor) => Inode($"/proc/self/fd/{descriptor.Number}");

    /// <summary>A namespace's number, from the link's text: <c>net:[4026531840]</c>.</summary>
    private static ulong Inode(string path)
    {
        string text = new FileInfo(path).LinkTarget!;
        Assert.StartsWith("net:[", text, StringComparison.Ordinal);
        return ulong.Parse(text["net:[".Length..^1], null);
    }
}
