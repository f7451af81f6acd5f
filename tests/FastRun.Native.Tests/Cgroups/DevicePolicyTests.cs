using System;
using System.Security.Cryptography;
using FastRun.Native.Cgroups;

namespace FastRun.Native.Tests.Cgroups;

[Trait("Category", "Root")]
[Trait("Category", "Kernel")]
public sealed class DevicePolicyTests
{
    // The node of the kernel log (1:11) is on no default list; reading it needs no privilege beyond root's.
    private const string OpenKmsg = "d=$(mktemp -d) && mknod $d/kmsg c 1 11 && (exec 3<$d/kmsg) ; r=$?; rm -r $d; exit $r";

    [Fact]
    public void Default_ForbiddenNode_CanBeMadeButNotOpened()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        (int exitCode, string output) = sandbox.Run(OpenKmsg);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Operation not permitted", output, StringComparison.Ordinal);
        Assert.DoesNotContain("mknod", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/full")]
    [InlineData("/dev/random")]
    [InlineData("/dev/urandom")]
    [InlineData("/dev/ptmx")]
    public void Default_HarmlessDevice_Opens(string device)
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        Assert.Equal((0, ""), sandbox.Run($"exec 3<>{device}"));
    }

    [Fact]
    public void Unrestricted_ForbiddenNode_Opens()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(devices: DevicePolicy.Unrestricted);
        Assert.Equal((0, ""), sandbox.Run(OpenKmsg));
    }

    [Fact]
    public void Plus_ReadAccess_AllowsReadingOnly()
    {
        DevicePolicy policy = DevicePolicy.Default.Plus([new(DeviceType.Character, 1, 11, DeviceAccess.Read)]);
        using SandboxFixture sandbox = SandboxFixture.Create(devices: policy);
        Assert.Equal((0, ""), sandbox.Run(OpenKmsg));
        Assert.NotEqual(0, sandbox.Run(OpenKmsg.Replace("3<", "3<>", StringComparison.Ordinal)).ExitCode);
    }

    [Fact]
    public void Only_NothingAllowed_MknodFails()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(devices: DevicePolicy.Only([]));
        Assert.Contains("mknod", sandbox.Run(OpenKmsg.Replace("exec 3", ": ", StringComparison.Ordinal)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_InNamedParent_IsEnforcedToo()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(parent: SandboxFixture.UniqueName());
        Assert.NotEqual(0, sandbox.Run(OpenKmsg).ExitCode);
    }

    [Fact]
    public void Rule_AsText_IsWhatV1Takes()
    {
        Assert.Equal("c 136:* rw", new DeviceRule(DeviceType.Character, 136, null, DeviceAccess.ReadWrite).ToString());
        Assert.Equal("a *:* m", new DeviceRule(DeviceType.Any, null, null, DeviceAccess.MakeNode).ToString());
    }

    /// <summary>
    /// The shared parent keeps the program that the first fastrun since boot attached. When this fails because the default
    /// rules or the compiler changed, the parent's name (<c>SandboxParent.Default</c>) must change too.
    /// </summary>
    [Fact]
    public void DefaultProgram_UnderItsName_IsUnchanged()
    {
        byte[] bytes = DeviceProgram.Bytes(DeviceProgram.Compile(DevicePolicy.Default.Rules!)).ToArray();
        Assert.Equal("default-1", SandboxParent.Default);
        Assert.Equal("c25627fbc95ebe36", Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }
}
