using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FastRun.Native.Interop;

namespace FastRun.Native.Tests.Interop;

/// <summary>
/// Every number in Sys.cs, for x86-64 and for arm64, is that of the C headers. The arm64 ones come from the generic table
/// with the settings of the kernel's arch/arm64, so no cross compiler is needed.
/// </summary>
public sealed partial class SyscallNumbersTests
{
    /// <summary>What arch/arm64/include/uapi/asm/unistd.h sets; __BITS_PER_LONG is 64 on both machines.</summary>
    internal static readonly string[] Arm64Options =
    [
        "-D__ARCH_WANT_RENAMEAT", "-D__ARCH_WANT_NEW_STAT", "-D__ARCH_WANT_SET_GET_RLIMIT",
        "-D__ARCH_WANT_TIME32_SYSCALLS", "-D__ARCH_WANT_SYS_CLONE3", "-D__ARCH_WANT_MEMFD_SECRET",
    ];

    /// <summary>Numbers newer than the headers of Debian 12, from the kernel's tables.</summary>
    private static readonly Dictionary<string, long> s_newer = new()
    {
        ["cachestat"] = 451, ["fchmodat2"] = 452, ["statmount"] = 457, ["listmount"] = 458, ["setxattrat"] = 463,
        ["getxattrat"] = 464, ["listxattrat"] = 465, ["removexattrat"] = 466, ["open_tree_attr"] = 467,
    };

    [Fact]
    public void EveryNumber_EqualsTheHeadersOfX64() =>
        Compare("#include <asm/unistd_64.h>", [], numbers => numbers.X64);

    [Fact]
    public void EveryNumber_EqualsTheHeadersOfArm64() =>
        Compare("#include <asm-generic/unistd.h>", Arm64Options, numbers => numbers.Arm64);

    [Fact]
    public void Sys_ItsProperties_AreThoseOfItsSource()
    {
        Dictionary<string, (long X64, long Arm64)> source = Source();
        bool arm64 = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
            == System.Runtime.InteropServices.Architecture.Arm64;
        PropertyInfo[] properties = [.. typeof(Sys)
            .GetProperties(BindingFlags.Static | BindingFlags.NonPublic).Where(property => property.PropertyType == typeof(int))];

        Assert.Equal(properties.Select(property => property.Name).Order(), source.Keys.Order());
        Assert.All(properties, property => Assert.Equal(
            arm64 ? source[property.Name].Arm64 : source[property.Name].X64,
            Convert.ToInt64(property.GetValue(null), CultureInfo.InvariantCulture)));
    }

    private static void Compare(string include, string[] options, Func<(long X64, long Arm64), long> select)
    {
        Dictionary<string, (long X64, long Arm64)> source = Source();
        Dictionary<string, long> expected = Numbers(include, options, source.Keys);
        foreach ((string name, long number) in s_newer)
        {
            expected.TryAdd(name, number);
        }

        Assert.True(source.Count > 100, "the source was not understood");
        Assert.Equal([], source.Keys.Where(name => !expected.ContainsKey(name)));
        Assert.Equal(
            [], source.Where(pair => select(pair.Value) != expected[pair.Key]).Select(pair => $"{pair.Key} is {expected[pair.Key]}"));
    }

    /// <summary>The numbers that the headers have of these names.</summary>
    internal static Dictionary<string, long> Numbers(string include, string[] options, IEnumerable<string> names)
    {
        string text = include + "\n" + string.Join('\n', names.Select(name => $"@{name}@ __NR_{name}"));
        Dictionary<string, long> numbers = [];
        foreach (Match match in Line().Matches(CProgram.Preprocess(text, options)))
        {
            numbers[match.Groups[1].Value] = match.Groups[3].Value
                .Split('+')
                .Sum(term => Convert.ToInt64(
                    term.Trim(' ', '(', ')'), term.Contains('x', StringComparison.Ordinal) ? 16 : 10));
        }

        return numbers;
    }

    private static Dictionary<string, (long X64, long Arm64)> Source([CallerFilePath] string here = "")
    {
        string path = Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(here)!, "../../../src/FastRun.Native/Interop/Sys.cs"));
        return Property().Matches(File.ReadAllText(path)).ToDictionary(
            match => match.Groups["name"].Value,
            match =>
            {
                long x64 = long.Parse(match.Groups["x64"].Value, CultureInfo.InvariantCulture);
                return (x64, match.Groups["arm64"].Success
                    ? long.Parse(match.Groups["arm64"].Value, CultureInfo.InvariantCulture)
                    : x64);
            });
    }

    [GeneratedRegex(@"internal static int (?<name>\w+) => (Arm64 \? (?<arm64>\d+) : )?(?<x64>\d+);")]
    private static partial Regex Property();

    [GeneratedRegex(@"^@ ?(\w+) ?@ (\()?((0x)?[0-9][0-9a-fx+ ()]*)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
