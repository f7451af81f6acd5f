using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>The parts that profiles are made of, and what is said when they are wrong.</summary>
internal sealed partial class SeccompProfileReader
{
    private const int LongestShown = 64;

    /// <summary>The ABIs of other machines: a profile may list them, and no call of theirs can come.</summary>
    private static readonly string[] s_otherMachines =
    [
        "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32",
        "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",
        "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390",
        "SCMP_ARCH_S390X", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
    ];

    private string Prefix => $"seccomp profile {_source}: ";

    /// <summary>The native ABI is always in a filter, as in libseccomp.</summary>
    private List<SyscallAbi> Abis(IReadOnlyList<SyscallAbi>? listed)
    {
        List<SyscallAbi> abis = [_host.Native];
        foreach (SyscallAbi abi in listed ?? [])
        {
            if (!abis.Contains(abi))
            {
                abis.Add(abi);
            }
        }

        return abis;
    }

    private List<SyscallAbi> Architectures(JsonElement element, string path)
    {
        List<SyscallAbi> abis = [];
        foreach (SyscallAbi? abi in List(element, path, Architecture))
        {
            // Another machine's: there are no such calls here.
            if (abi is not null)
            {
                abis.Add(abi);
            }
        }

        return abis;
    }

    private SyscallAbi? Architecture(JsonElement element, string path)
    {
        string name = Text(element, path);
        SyscallAbi? abi = name switch
        {
            "SCMP_ARCH_X86_64" => SyscallAbi.X86_64,
            "SCMP_ARCH_X86" => SyscallAbi.I386,
            "SCMP_ARCH_X32" => SyscallAbi.X32,
            "SCMP_ARCH_AARCH64" => SyscallAbi.AArch64,
            "SCMP_ARCH_ARM" => SyscallAbi.Arm,
            _ when Array.IndexOf(s_otherMachines, name) >= 0 => null,
            _ => throw Error($"{path}: unknown architecture \"{Shown(name)}\""),
        };
        return abi == _host.Native || (abi is not null && Contains(_host.Compatible, abi)) ? abi : null;
    }

    private static bool Contains(IReadOnlyList<SyscallAbi> abis, SyscallAbi wanted)
    {
        foreach (SyscallAbi abi in abis)
        {
            if (abi == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The entry of this machine's architecture; the first, if there are several.</summary>
    private List<SyscallAbi> ArchMap(JsonElement element, string path)
    {
        List<SyscallAbi>? abis = null;
        List(element, path, (entry, at) =>
        {
            string? architecture = null;
            List<SyscallAbi> sub = [];
            foreach (JsonProperty property in Members(entry, at))
            {
                switch (property.Name)
                {
                    case "architecture":
                        architecture = Text(property.Value, $"{at}.architecture");
                        Architecture(property.Value, $"{at}.architecture");
                        break;
                    case "subArchitectures":
                        sub = Architectures(property.Value, $"{at}.subArchitectures");
                        break;
                    default:
                        throw UnknownKey(property.Name, at);
                }
            }

            if (architecture is null)
            {
                throw Error($"{at}: architecture is missing");
            }

            if (architecture == _host.ArchMapName)
            {
                abis ??= sub;
            }

            return architecture;
        });
        return abis ?? [];
    }

    /// <summary>The members of an object, each name at most once: two readers must not see two profiles.</summary>
    private List<JsonProperty> Members(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"{path}: must be an object");
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        List<JsonProperty> members = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                throw Error($"{path}: key \"{Shown(property.Name)}\" is given twice");
            }

            members.Add(property);
        }

        return members;
    }

    /// <summary>The elements of an array; none for null.</summary>
    private List<T> List<T>(JsonElement element, string path, Func<JsonElement, string, T> read)
    {
        if (element.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            throw Error($"{path}: must be an array");
        }

        List<T> list = [];
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                list.Add(read(item, $"{path}[{list.Count}]"));
            }
        }

        return list;
    }

    private string Text(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Error($"{path}: must be a string");

    private ulong Number(JsonElement element, string path, ulong largest) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out ulong number) && number <= largest
            ? number
            : throw Error($"{path}: must be a whole number from 0 to {largest}");

    private int? Errno(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Null ? null : (int)Number(element, path, SeccompReturn.LargestErrno);

    private Capability CapabilityName(JsonElement element, string path)
    {
        string name = Text(element, path);
        return CapabilityNames.TryParse(name, out Capability capability)
            ? capability
            : throw Error($"{path}: unknown capability \"{Shown(name)}\"");
    }

    /// <summary>Docker takes an empty version for none.</summary>
    private KernelVersion? Kernel(string text, string path)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return KernelVersion.TryParse(text, out KernelVersion version)
            ? version
            : throw Error($"{path}: invalid kernel version \"{Shown(text)}\", expected <kernel>.<major>");
    }

    private EngineException UnknownKey(string key, string? path) =>
        Error(path is null ? $"unknown key \"{Shown(key)}\"" : $"{path}: unknown key \"{Shown(key)}\"");

    private EngineException Error(string what, Exception? inner = null) =>
        new(ErrorKind.InvalidArgument, Prefix + what, inner);

    /// <summary>What a file says, short and without control characters: it goes to a terminal.</summary>
    private static string Shown(string text) =>
        string.Create(Math.Min(text.Length, LongestShown), text, (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
}
