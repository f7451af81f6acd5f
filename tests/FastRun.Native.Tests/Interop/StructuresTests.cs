using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Tests.Interop;

/// <summary>
/// Every structure of FastRun.Native.Interop has the size of its C counterpart, and every field its offset and size.
/// </summary>
/// <remarks>
/// To add one, give it the kernel's name (with struct_ before it where C has a function of that name too) and its fields the
/// kernel's names; private fields are padding. What cannot be spelled so stands in a table below.
/// </remarks>
public sealed class StructuresTests
{
    private const string Typedefs = """
        struct two_cap_data { struct __user_cap_data_struct d[2]; };
        """;

    private static readonly Dictionary<string, string> s_types = new()
    {
        [nameof(siginfo_chld)] = "siginfo_t",
        [nameof(kernel_sigaction)] = "struct sigaction",
        [nameof(cap_user_data)] = "struct two_cap_data",
        [nameof(bpf_attr_prog_load)] = "union bpf_attr",
        [nameof(bpf_attr_prog_attach)] = "union bpf_attr",
        [nameof(ZSTD_buffer)] = "ZSTD_inBuffer",
        [nameof(bz_stream)] = "bz_stream",
        [nameof(lzma_stream)] = "lzma_stream",
    };

    /// <summary>Structures that are the first part of a C one, which the kernel takes by size.</summary>
    private static readonly HashSet<string> s_parts = [nameof(bpf_attr_prog_load), nameof(bpf_attr_prog_attach), nameof(rtnl_link_stats64)];

    /// <summary>Fields whose C name is another; null for bit fields, whose offset C does not tell.</summary>
    private static readonly Dictionary<string, string?> s_fields = new()
    {
        ["kernel_sigaction.handler"] = "sa_handler",
        ["kernel_sigaction.flags"] = "sa_flags",
        ["kernel_sigaction.restorer"] = "sa_restorer",
        ["kernel_sigaction.mask"] = "sa_mask",
        ["cap_user_data.effective_low"] = "d[0].effective",
        ["cap_user_data.permitted_low"] = "d[0].permitted",
        ["cap_user_data.inheritable_low"] = "d[0].inheritable",
        ["cap_user_data.effective_high"] = "d[1].effective",
        ["cap_user_data.permitted_high"] = "d[1].permitted",
        ["cap_user_data.inheritable_high"] = "d[1].inheritable",
        ["ZSTD_buffer.data"] = "src",
        ["bpf_insn.registers"] = null,
    };

    [Fact]
    public void EveryStructure_HasTheLayoutOfTheHeaders()
    {
        Type[] types = [.. typeof(Errno).Assembly.GetTypes().Where(type =>
            type.Namespace == "FastRun.Native.Interop" && type is { IsValueType: true, IsEnum: false, IsNested: false })];
        List<(string Name, string Expression, long Value)> facts = [.. types.SelectMany(Facts)];
        Dictionary<string, long> expected = CProgram.Evaluate(
            KernelHeaders.Preamble + "\n" + Typedefs, facts.Select(fact => (fact.Name, fact.Expression)));

        Assert.True(types.Length > 15, "the reflection found too little");
        Assert.Equal(
            [], facts.Where(fact => expected[fact.Name] != fact.Value).Select(f => $"{f.Name}: {f.Value}, C has {expected[f.Name]}"));
    }

    private static IEnumerable<(string Name, string Expression, long Value)> Facts(Type type)
    {
        string c = s_types.GetValueOrDefault(type.Name)
            ?? "struct " + (type.Name.StartsWith("struct_", StringComparison.Ordinal) ? type.Name["struct_".Length..] : type.Name);
        if (!s_parts.Contains(type.Name))
        {
            yield return ($"sizeof({type.Name})", $"sizeof({c})", SizeOf(type));
        }

        const BindingFlags flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (FieldInfo field in type.GetFields(flags).Where(field => !field.IsPrivate))
        {
            string name = $"{type.Name}.{field.Name}";
            string? member = s_fields.TryGetValue(name, out string? other) ? other : field.Name;
            if (member is not null)
            {
                yield return (name, $"offsetof({c}, {member})", (long)Marshal.OffsetOf(type, field.Name));
                yield return ($"sizeof({name})", $"sizeof((({c} *)0)->{member})", SizeOf(field.FieldType));
            }
        }
    }

    private static int SizeOf(Type type) =>
        type.IsPointer
            ? IntPtr.Size
            : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
