using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>The compiled program returns what the rules say, for every number, ABI and interesting argument.</summary>
public sealed class SeccompCompilerTests
{
    private static readonly KernelVersion s_kernel = new(6, 1);

    [Theory]
    [InlineData("amd64", 0xa80425fbUL)]
    [InlineData("arm64", 0xa80425fbUL)]
    [InlineData("amd64", 0UL)]
    [InlineData("amd64", 0x1ffffffffffUL)]
    [InlineData("arm64", 0x1ffffffffffUL)]
    [InlineData("amd64", 1UL << 21)]
    public void Compile_DefaultProfile_EqualsTheRulesForEveryCall(string architecture, ulong capabilities)
    {
        SeccompHost host = Host(architecture);
        Compare(DefaultSeccompProfile.For(host), host, new CapabilitySet(capabilities), seed: 1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(40)]
    public void Compile_RandomProfiles_EqualTheRulesForEveryCall(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 12; i++)
        {
            SeccompHost host = random.Next(2) == 0 ? SeccompHost.X64 : SeccompHost.Arm64;
            Compare(RandomProfile(random, host), host, new CapabilitySet((ulong)random.NextInt64() & 0x1ffffffffff), seed + i);
        }
    }

    [Fact]
    public void Compile_DefaultProfile_IsAsSmallAsThePerformanceGoal()
    {
        // docs/performance.md: what a launch pays for a filter is its depth times the number of system calls.
        byte[] program = DefaultFilter.Program(SyscallAbi.X86_64).ToArray();

        Assert.InRange(program.Length / 8, 1, 240);
        int deepest = 0;
        for (uint nr = 0; nr < 600; nr++)
        {
            BpfInterpreter.Run(program, nr, SyscallAbi.X86_64.AuditArchitecture, [0, 0, 0, 0, 0, 0], out int steps);
            deepest = Math.Max(deepest, steps);
        }

        Assert.InRange(deepest, 1, 20);
    }

    [Fact]
    public void Compile_MoreThanTheKernelTakes_IsOneError()
    {
        List<SeccompRule> rules = [];
        for (uint i = 0; i < 3000; i++)
        {
            rules.Add(new SeccompRule(["read"], SeccompAction.Errno((int)(i % 2) + 1))
            {
                Conditions = [new(0, ComparisonOperator.Equal, i * 3), new(1, ComparisonOperator.Equal, i * 5)],
            });
        }

        var profile = new SeccompProfile(SeccompAction.Allow, [SyscallAbi.X86_64], rules);
        EngineException exception = Assert.Throws<EngineException>(
            () => SeccompCompiler.Compile(profile, SeccompHost.X64, default, s_kernel));

        Assert.Equal(ErrorKind.InvalidArgument, exception.Kind);
        Assert.Contains("too large", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_LongChains_ReachBeyond255Instructions()
    {
        // Every test that fails leads to the far end: only jumps of any length can go there.
        List<SeccompRule> rules = [];
        for (uint i = 0; i < 150; i++)
        {
            rules.Add(new SeccompRule(["read"], SeccompAction.Errno((int)i + 1))
            {
                Conditions = [new(0, ComparisonOperator.MaskedEqual, 0xff00000fff, i), new(2, ComparisonOperator.NotEqual, i)],
            });
        }

        var profile = new SeccompProfile(SeccompAction.Allow, [SyscallAbi.X86_64, SyscallAbi.I386], rules);
        Compare(profile, SeccompHost.X64, default, seed: 7);
    }

    private static SeccompHost Host(string architecture) => architecture == "amd64" ? SeccompHost.X64 : SeccompHost.Arm64;

    private static void Compare(SeccompProfile profile, SeccompHost host, CapabilitySet capabilities, int seed)
    {
        byte[] program = SeccompCompiler.Compile(profile, host, capabilities, s_kernel);
        BpfInterpreter.Verify(program);
        var oracle = new ProfileOracle(profile, host, capabilities, s_kernel);
        var random = new Random(seed);
        Dictionary<string, ulong[][]> interesting = InterestingArguments(profile, random);
        SyscallAbi[] all = [SyscallAbi.X86_64, SyscallAbi.I386, SyscallAbi.X32, SyscallAbi.AArch64, SyscallAbi.Arm];
        foreach (SyscallAbi abi in all)
        {
            ILookup<uint, string> names = abi.Numbers.ToLookup(pair => pair.Value, pair => pair.Key);
            foreach (uint nr in Numbers(abi))
            {
                List<ulong[]> arguments = [[0, 0, 0, 0, 0, 0]];
                foreach (string name in names[nr])
                {
                    arguments.AddRange(interesting.GetValueOrDefault(name, []));
                }

                foreach (ulong[] args in arguments)
                {
                    if (abi.ArgumentBits == 32)
                    {
                        // The kernel gives a filter the zero-extended registers of a 32-bit program.
                        Array.ForEach(Enumerable.Range(0, 6).ToArray(), i => args[i] = (uint)args[i]);
                    }

                    uint expected = oracle.Evaluate(nr, abi.AuditArchitecture, args);
                    uint actual = BpfInterpreter.Run(program, nr, abi.AuditArchitecture, args);
                    if (expected != actual)
                    {
                        Assert.Fail($"{abi.Name} {nr} ({string.Join(' ', args)}): 0x{actual:x}, not 0x{expected:x}");
                    }
                }
            }
        }

        Assert.Equal(SeccompReturn.KillProcess, BpfInterpreter.Run(program, 0, 0x12345678, [0, 0, 0, 0, 0, 0]));
    }

    private static IEnumerable<uint> Numbers(SyscallAbi abi)
    {
        for (uint i = 0; i < 1100; i++)
        {
            yield return abi.NumberBase + i;
        }

        uint[] edges =
        [
            0xeffff, 0xf0000, 0xf0001, 0xf0002, 0xf0005, 0xf0006, 0xf0007, 0x3fffffff, 0x40000000, 0x400003ff, 0x7fffffff,
            0x80000000, 0xfffffffe, 0xffffffff,
        ];
        foreach (uint edge in edges)
        {
            yield return edge;
        }
    }

    /// <summary>For each name: arguments at, beside, and 2^32 away from every value that a rule compares with, and random ones.</summary>
    private static Dictionary<string, ulong[][]> InterestingArguments(SeccompProfile profile, Random random)
    {
        Dictionary<string, List<ulong[]>> byName = [];
        foreach (SeccompRule rule in profile.Rules.Where(rule => rule.Conditions.Count > 0))
        {
            foreach (string name in rule.Names)
            {
                if (!byName.TryGetValue(name, out List<ulong[]>? list))
                {
                    byName.Add(name, list = []);
                }

                foreach (ArgumentCondition condition in rule.Conditions)
                {
                    foreach (ulong value in Around(condition, random))
                    {
                        ulong[] args = new ulong[6];
                        foreach (ArgumentCondition other in rule.Conditions)
                        {
                            args[other.Index] = random.Next(2) == 0 ? other.Value : other.ValueTwo;
                        }

                        args[condition.Index] = value;
                        list.Add(args);
                    }
                }
            }
        }

        return byName.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    private static IEnumerable<ulong> Around(ArgumentCondition condition, Random random)
    {
        foreach (ulong value in (ulong[])[condition.Value, condition.ValueTwo])
        {
            yield return value;
            yield return unchecked(value - 1);
            yield return unchecked(value + 1);
            yield return value ^ (1UL << 32);
            yield return value ^ (1UL << random.Next(64));
            yield return value | ~condition.Value;
            yield return unchecked(value + (1UL << 32));
        }

        yield return 0;
        yield return ulong.MaxValue;
        yield return uint.MaxValue;
        yield return (ulong)random.NextInt64();
    }

    private static SeccompProfile RandomProfile(Random random, SeccompHost host)
    {
        string[] names = [.. SyscallAbi.I386.Numbers.Keys.Union(SyscallAbi.Arm.Numbers.Keys).Append("no_such_call").Order()];
        SeccompAction[] actions =
        [
            SeccompAction.Allow, SeccompAction.Errno(1), SeccompAction.Errno(38), new(SeccompReturn.Trap),
            new(SeccompReturn.Log), new(SeccompReturn.KillThread), new(SeccompReturn.KillProcess),
            new(SeccompReturn.Trace(5)),
        ];
        ulong[] values = [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x1_0000_0001, ulong.MaxValue, 38, 40, 41];
        List<SeccompRule> rules = [];
        int count = random.Next(1, 40);
        for (int i = 0; i < count; i++)
        {
            string[] some = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => names[random.Next(names.Length)])];
            ArgumentCondition[] conditions = [.. Enumerable.Range(0, Math.Max(0, random.Next(5) - 2)).Select(_ =>
                new ArgumentCondition(
                    random.Next(3),
                    (ComparisonOperator)random.Next(7),
                    values[random.Next(values.Length)],
                    values[random.Next(values.Length)]))];
            rules.Add(new SeccompRule(some, actions[random.Next(actions.Length)])
            {
                Conditions = conditions,
                Includes = random.Next(4) == 0 ? RandomFilter(random) : RuleFilter.None,
                Excludes = random.Next(4) == 0 ? RandomFilter(random) : RuleFilter.None,
            });
        }

        List<SyscallAbi> abis = [host.Native, .. host.Compatible.Where(_ => random.Next(2) == 0)];
        return new SeccompProfile(actions[random.Next(actions.Length)], abis, rules);
    }

    private static RuleFilter RandomFilter(Random random) => random.Next(3) switch
    {
        0 => new RuleFilter { Capabilities = new CapabilitySet(1UL << random.Next(41)) },
        1 => new RuleFilter { Architectures = [random.Next(2) == 0 ? "amd64" : "arm64"] },
        _ => new RuleFilter { MinKernel = new KernelVersion(6, random.Next(3)) },
    };
}
