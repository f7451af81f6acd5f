using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace FastRun.Native.Tests.Interop;

/// <summary>
/// Every constant of FastRun.Native in kernel spelling (capitals and underscores, public or private, in Interop or where it
/// is used) has the value that the C headers give to its name.
/// </summary>
/// <remarks>
/// To add a constant, give it the kernel's name; where its header is not in <see cref="KernelHeaders"/> yet, add it there. A
/// name of our own for a C expression, or one that is newer than the oldest headers the tests meet, stands in a table below.
/// </remarks>
public sealed partial class ConstantsTests
{
    /// <summary>Names of ours, and the expression that each stands for.</summary>
    private static readonly Dictionary<string, string> s_expressions = new()
    {
        ["BPF_LDX_MEM_W"] = "BPF_LDX | BPF_MEM | BPF_W",
        ["BPF_ALU64_MOV_X"] = "BPF_ALU64 | BPF_MOV | BPF_X",
        ["BPF_ALU64_MOV_K"] = "BPF_ALU64 | BPF_MOV | BPF_K",
        ["BPF_ALU_AND_K"] = "BPF_ALU | BPF_AND | BPF_K",
        ["BPF_ALU_RSH_K"] = "BPF_ALU | BPF_RSH | BPF_K",
        ["BPF_JMP32_JNE_K"] = "BPF_JMP32 | BPF_JNE | BPF_K",
        ["BPF_JMP_EXIT"] = "BPF_JMP | BPF_EXIT",
    };

    /// <summary>
    /// What is not in the kernel's exported headers, or is newer than those of Debian 12 (6.1): the value as the kernel's
    /// sources have it.
    /// </summary>
    private static readonly Dictionary<string, string> s_missing = new()
    {
        ["MNT_DETACH"] = "0x00000002",
        ["MFD_EXEC"] = "0x0010U",
        ["AF_UNIX"] = "1",
        ["AF_INET"] = "2",
        ["AF_BRIDGE"] = "7",
        ["AF_INET6"] = "10",
        ["AF_NETLINK"] = "16",
        ["SOCK_STREAM"] = "1",
        ["SOCK_RAW"] = "3",
        ["SOCK_NONBLOCK"] = "O_NONBLOCK",
        ["SOCK_CLOEXEC"] = "O_CLOEXEC",
        ["IFF_UP"] = "1",
        ["IFF_LOWER_UP"] = "1 << 16",
        ["IF_OPER_UNKNOWN"] = "0",
        ["IF_OPER_UP"] = "6",
        ["SOL_NETLINK"] = "270",
        ["MSG_TRUNC"] = "0x20",
        ["MSG_DONTWAIT"] = "0x40",
        ["MSG_NOSIGNAL"] = "0x4000",
        ["SHUT_WR"] = "1",
        ["SPLICE_F_MOVE"] = "1",
        ["SPLICE_F_NONBLOCK"] = "2",
        ["SOCK_DGRAM"] = "2",
        ["SCM_RIGHTS"] = "1",
        ["MSG_CMSG_CLOEXEC"] = "0x40000000",
        ["CRYPT_DATA_SIZE"] = "32768",
        ["EVP_PKEY_ED25519"] = "NID_ED25519",
        ["UTIME_OMIT"] = "((1l << 30) - 2l)",
    };

    [Fact]
    public void EveryConstant_EqualsTheHeaders()
    {
        List<(string Name, string Expression, long Value)> constants = [.. Constants()];
        string preamble = KernelHeaders.Preamble + "\n" + string.Join(
            '\n', s_missing.Select(pair => $"#ifndef {pair.Key}\n#define {pair.Key} {pair.Value}\n#endif"));
        Dictionary<string, long> expected =
            CProgram.Evaluate(preamble, constants.Select(constant => (constant.Name, constant.Expression)));

        Assert.True(constants.Count > 100, "the reflection found too little");
        Assert.Equal(
            [],
            constants.Where(c => !SameBits(expected[c.Name], c.Value)).Select(c => $"{c.Name}: {c.Value}, C has {expected[c.Name]}"));
    }

    [Fact]
    public void EveryErrno_EqualsTheHeaders()
    {
        Errno[] errors = [.. Enum.GetValues<Errno>().Where(errno => errno != Errno.None)];
        Dictionary<string, long> expected = CProgram.Evaluate(
            "#include <errno.h>", errors.Select(errno => (errno.ToString(), errno.ToString())));

        Assert.All(errors, errno => Assert.Equal(expected[errno.ToString()], (long)errno));
    }

    [Fact]
    public void EveryCapability_EqualsTheHeaders()
    {
        FastRun.Native.Capabilities.Capability[] all = Enum.GetValues<FastRun.Native.Capabilities.Capability>();
        Dictionary<string, long> expected = CProgram.Evaluate(
            KernelHeaders.Preamble, all.Select(capability => (capability.ToString(), capability.ToString())));

        Assert.All(all, capability => Assert.Equal(expected[capability.ToString()], (long)capability));
    }

    private static IEnumerable<(string Name, string Expression, long Value)> Constants()
    {
        const BindingFlags flags = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (Type type in typeof(Errno).Assembly.GetTypes().Where(type => !type.IsEnum))
        {
            foreach (FieldInfo field in type.GetFields(flags).Where(field => field.IsLiteral && IsKernelName(type, field.Name)))
            {
                long value = field.GetRawConstantValue() is ulong bits
                    ? unchecked((long)bits)
                    : Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);
                yield return ($"{type.Name}.{field.Name}", s_expressions.GetValueOrDefault(field.Name, field.Name), value);
            }
        }
    }

    private static bool IsKernelName(Type type, string name) =>
        KernelName().IsMatch(name) || (type.Namespace == "FastRun.Native.Interop" && !type.IsValueType);

    /// <summary>An int in C# and an unsigned int in C are the same number to the kernel.</summary>
    private static bool SameBits(long expected, long actual) =>
        expected == actual || (actual < 0 && actual >= int.MinValue && (uint)actual == expected);

    [GeneratedRegex("^_*[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|^SIG[A-Z]+$")]
    private static partial Regex KernelName();
}
