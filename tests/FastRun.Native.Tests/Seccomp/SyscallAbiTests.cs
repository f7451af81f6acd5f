using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Native.Seccomp;
using FastRun.Native.Tests.Interop;

namespace FastRun.Native.Tests.Seccomp;

/// <summary>The tables of system calls are those of the C headers, and of the kernel's tables for what is newer.</summary>
public sealed class SyscallAbiTests
{
    /// <summary>Since Linux 6.1: one number on all architectures (scripts/syscall.tbl of Linux 7.0).</summary>
    private static readonly Dictionary<string, uint> s_newer = new()
    {
        ["cachestat"] = 451, ["fchmodat2"] = 452, ["map_shadow_stack"] = 453, ["futex_wake"] = 454, ["futex_wait"] = 455,
        ["futex_requeue"] = 456, ["statmount"] = 457, ["listmount"] = 458, ["lsm_get_self_attr"] = 459,
        ["lsm_set_self_attr"] = 460, ["lsm_list_modules"] = 461, ["mseal"] = 462, ["setxattrat"] = 463, ["getxattrat"] = 464,
        ["listxattrat"] = 465, ["removexattrat"] = 466, ["open_tree_attr"] = 467, ["file_getattr"] = 468,
        ["file_setattr"] = 469, ["listns"] = 470, ["rseq_slice_yield"] = 471,
    };

    [Fact]
    public void Numbers_OfX64_AreTheHeaders() => Compare(
        SyscallAbi.X86_64, "#include <asm/unistd_64.h>", [], new() { ["uretprobe"] = 335, ["uprobe"] = 336 });

    [Fact]
    public void Numbers_OfI386_AreTheHeaders() => Compare(SyscallAbi.I386, "#include <asm/unistd_32.h>", [], []);

    [Fact]
    public void Numbers_OfX32_AreTheHeaders() => Compare(
        SyscallAbi.X32,
        "#include <asm/unistd_x32.h>",
        ["-D__X32_SYSCALL_BIT=0x40000000"],
        new() { ["uretprobe"] = 0x4000014f, ["uprobe"] = 0x40000150 });

    [Fact]
    public void Numbers_OfArm64_AreTheHeaders() =>
        Compare(SyscallAbi.AArch64, "#include <asm-generic/unistd.h>", SyscallNumbersTests.Arm64Options, []);

    [Fact]
    public void Numbers_OfArm_AreTheHeadersWhereTheyAreInstalled()
    {
        const string headers = "/usr/arm-linux-gnueabihf/include";
        if (!Directory.Exists(headers))
        {
            Assert.Equal(281U, SyscallAbi.Arm.Numbers["socket"]);
            Assert.Skip("linux-libc-dev-armhf-cross is not installed");
        }

        Compare(
            SyscallAbi.Arm,
            "#include <asm/unistd.h>",
            ["-nostdinc", "-I", headers, "-U__x86_64__", "-D__arm__", "-D__ARM_EABI__"],
            new()
            {
                ["breakpoint"] = 0xf0001, ["cacheflush"] = 0xf0002, ["usr26"] = 0xf0003, ["usr32"] = 0xf0004,
                ["set_tls"] = 0xf0005, ["get_tls"] = 0xf0006, ["sync_file_range2"] = 341,
            });
    }

    [Fact]
    public void Numbers_TheFirstTables_MissNothingOfTheHeaders()
    {
        Assert.Equal([], Defined("#include <asm/unistd_64.h>", []).Except(SyscallAbi.X86_64.Numbers.Keys));
        Assert.Equal([], Defined("#include <asm/unistd_32.h>", []).Except(SyscallAbi.I386.Numbers.Keys));
        Assert.Equal([], Defined("#include <asm/unistd_x32.h>", []).Except(SyscallAbi.X32.Numbers.Keys));
        Assert.Equal(
            [],
            Defined("#include <asm-generic/unistd.h>", SyscallNumbersTests.Arm64Options)
                .Except(["arch_specific_syscall", "syscalls"])
                .Except(SyscallAbi.AArch64.Numbers.Keys));
    }

    private static void Compare(SyscallAbi abi, string include, string[] options, Dictionary<string, uint> others)
    {
        Dictionary<string, long> expected = SyscallNumbersTests.Numbers(include, options, abi.Numbers.Keys);
        foreach ((string name, uint number) in s_newer)
        {
            expected.TryAdd(name, abi.NumberBase + number);
        }

        foreach ((string name, uint number) in others)
        {
            expected.TryAdd(name, number);
        }

        Assert.Equal([], abi.Numbers.Keys.Where(name => !expected.ContainsKey(name)));
        Assert.Equal(
            [], abi.Numbers.Where(pair => expected[pair.Key] != pair.Value).Select(pair => $"{pair.Key} is {expected[pair.Key]}"));
    }

    private static IEnumerable<string> Defined(string include, string[] options) =>
        CProgram.Preprocess(include, [.. options, "-dM"])
            .Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words.Length > 2 && words[1].StartsWith("__NR_", System.StringComparison.Ordinal))
            .Select(words => words[1]["__NR_".Length..]);
}
