using System;
using System.Linq;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>Docker's profile format (docs.docker.com/engine/security/seccomp and moby's profiles/seccomp).</summary>
public sealed class SeccompProfileReaderTests
{
    [Fact]
    public void Read_EveryKey_IsUnderstood()
    {
        SeccompProfile profile = Read("""
            {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 2,
              "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
                {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]},
                {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}
              ],
              "syscalls": [
                {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "", "includes": {}, "excludes": {}},
                {"name": "clone", "action": "SCMP_ACT_TRACE", "errnoRet": 7,
                 "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 3, "op": "SCMP_CMP_MASKED_EQ"}],
                 "includes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"], "arches": ["amd64", "s390x"], "minKernel": "4.8"},
                 "excludes": {"caps": ["CAP_CHOWN"]}}
              ]
            }
            """);

        Assert.Equal(0x00050002U, profile.DefaultAction.Value);
        Assert.Equal([SyscallAbi.X86_64, SyscallAbi.I386, SyscallAbi.X32], profile.Abis);
        Assert.Equal(["read", "write"], profile.Rules[0].Names);
        SeccompRule rule = profile.Rules[1];
        Assert.Equal(["clone"], rule.Names);
        Assert.Equal(0x7ff00007U, rule.Action.Value);
        Assert.Equal(new ArgumentCondition(5, ComparisonOperator.MaskedEqual, ulong.MaxValue, 3), rule.Conditions.Single());
        Assert.Equal(CapabilitySet.Of(Capability.CAP_SYS_ADMIN, Capability.CAP_BPF), rule.Includes.Capabilities);
        Assert.Equal(new KernelVersion(4, 8), rule.Includes.MinKernel);
        Assert.Equal(CapabilitySet.Of(Capability.CAP_CHOWN), rule.Excludes.Capabilities);
    }

    [Theory]
    [InlineData("SCMP_ACT_ALLOW", 0x7fff0000U)]
    [InlineData("SCMP_ACT_LOG", 0x7ffc0000U)]
    [InlineData("SCMP_ACT_TRAP", 0x00030000U)]
    [InlineData("SCMP_ACT_KILL", 0x00000000U)]
    [InlineData("SCMP_ACT_KILL_THREAD", 0x00000000U)]
    [InlineData("SCMP_ACT_KILL_PROCESS", 0x80000000U)]
    [InlineData("SCMP_ACT_ERRNO", 0x00050001U)]
    [InlineData("SCMP_ACT_TRACE", 0x7ff00001U)]
    public void Read_EachAction_IsTheKernelsNumber(string action, uint expected) =>
        Assert.Equal(expected, Read($$"""{"defaultAction": "{{action}}"}""").DefaultAction.Value);

    [Theory]
    [InlineData("SCMP_CMP_NE", ComparisonOperator.NotEqual)]
    [InlineData("SCMP_CMP_LT", ComparisonOperator.Less)]
    [InlineData("SCMP_CMP_LE", ComparisonOperator.LessOrEqual)]
    [InlineData("SCMP_CMP_EQ", ComparisonOperator.Equal)]
    [InlineData("SCMP_CMP_GE", ComparisonOperator.GreaterOrEqual)]
    [InlineData("SCMP_CMP_GT", ComparisonOperator.Greater)]
    [InlineData("SCMP_CMP_MASKED_EQ", ComparisonOperator.MaskedEqual)]
    public void Read_EachOperator_IsUnderstood(string name, object expected)
    {
        SeccompProfile profile = Read(Rule($$"""
            "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "{{name}}"}]
            """));

        Assert.Equal((ComparisonOperator)expected, profile.Rules[0].Conditions[0].Operator);
    }

    [Fact]
    public void Read_ArchitecturesOfOtherMachines_AddNothing()
    {
        SeccompProfile profile = Read(
            """{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_ARM", "SCMP_ARCH_S390X", "SCMP_ARCH_X86"]}""");

        Assert.Equal([SyscallAbi.X86_64, SyscallAbi.I386], profile.Abis);
    }

    [Theory]
    [InlineData("", "not valid JSON at line 1")]
    [InlineData("{", "not valid JSON at line 1")]
    [InlineData("[]", "must be an object")]
    [InlineData("{}", "defaultAction is missing")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ALLOW"} x""", "not valid JSON")]
    [InlineData("""{"defaultAction": 1}""", "defaultAction: must be a string")]
    [InlineData("""{"defaultAction": "SCMP_ACT_FOO"}""", "defaultAction: unknown action \"SCMP_ACT_FOO\"")]
    [InlineData("""{"defaultAction": "SCMP_ACT_NOTIFY"}""", "SCMP_ACT_NOTIFY is not supported")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}""", "defaultErrnoRet: SCMP_ACT_ALLOW takes no errno")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4096}""", "from 0 to 4095")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "flags": ["SECCOMP_FILTER_FLAG_LOG"]}""", "unknown key \"flags\"")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "a\u001b[2Jb": 1}""", "unknown key \"a?[2Jb\"")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "defaultAction": "SCMP_ACT_ALLOW"}""", "\"defaultAction\" is given twice")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_Z80"]}""", "unknown architecture \"SCMP_ARCH_Z80\"")]
    [InlineData("""{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": {}}""", "syscalls: must be an array")]
    [InlineData(
        """{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86"], "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}]}""",
        "both architectures and archMap")]
    public void Read_NotAProfile_IsOneLineThatSaysWhere(string json, string expected) => Refused(json, expected);

    [Theory]
    [InlineData(""" "action": "SCMP_ACT_ALLOW" """, "syscalls[0]: names is missing")]
    [InlineData(""" "names": ["read"] """, "syscalls[0]: action is missing")]
    [InlineData(""" "names": ["read"], "name": "write", "action": "SCMP_ACT_ALLOW" """, "both name and names")]
    [InlineData(""" "names": [1], "action": "SCMP_ACT_ALLOW" """, "syscalls[0].names[0]: must be a string")]
    [InlineData(""" "names": ["read"], "action": "ALLOW" """, "syscalls[0].action: unknown action")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_KILL", "errnoRet": 1 """, "syscalls[0].errnoRet: SCMP_ACT_KILL takes no errno")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "priority": 1 """, "syscalls[0]: unknown key \"priority\"")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 6, "op": "SCMP_CMP_EQ"}] """, "syscalls[0].args[0].index: must be")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "SCMP_CMP_EQ"}] """, "index is missing")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0}] """, "op is missing")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "=="}] """, "unknown operator")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}] """, "value: must be")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1.5, "op": "SCMP_CMP_EQ"}] """, "value: must be")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMN"]} """, "unknown capability \"CAP_SYS_ADMN\"")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "4.8.1"} """, "invalid kernel version")]
    [InlineData(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "excludes": {"os": "linux"} """, "unknown key \"os\"")]
    public void Read_WrongRule_IsOneLineThatSaysWhere(string rule, string expected) => Refused(Rule(rule), expected);

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        string whole = Rule(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "SCMP_CMP_EQ"}] """);
        for (int length = 0; length < whole.TrimEnd().Length; length++)
        {
            Assert.Throws<EngineException>(() => Read(whole[..length]));
        }
    }

    [Fact]
    public void Read_DamagedAnywhere_IsAProfileOrAnEngineException()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            Rule(""" "names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"], "minKernel": "4.8"} """));
        var random = new Random(5);
        for (int i = 0; i < 5000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                SeccompProfileReader.Read("test", damaged, SeccompHost.X64);
            }
            catch (EngineException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    private static string Rule(string members) => $$"""{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ {{members}} }]}""";

    private static void Refused(string json, string expected)
    {
        EngineException exception = Assert.Throws<EngineException>(() => Read(json));

        Assert.StartsWith("seccomp profile test.json: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static SeccompProfile Read(string json) =>
        SeccompProfileReader.Read("test.json", Encoding.UTF8.GetBytes(json), SeccompHost.X64);
}
