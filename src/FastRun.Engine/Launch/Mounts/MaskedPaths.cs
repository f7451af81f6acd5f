using System;
using System.Collections.Generic;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>What a container must not see of /proc and /sys, as Docker has it (runtime-spec, config-linux).</summary>
public static class MaskedPaths
{
    /// <summary>Files below /proc that /dev/null covers.</summary>
    internal static string[] FilesInProc { get; } =
        ["interrupts", "kcore", "keys", "latency_stats", "sched_debug", "timer_list", "timer_stats"];

    /// <summary>Directories below /proc that an empty one covers.</summary>
    internal static string[] DirectoriesInProc { get; } = ["acpi", "asound", "scsi"];

    /// <summary>Directories below /sys that an empty one covers.</summary>
    internal static string[] DirectoriesInSys { get; } = ["devices/virtual/powercap", "firmware"];

    /// <summary>The number of covered directories.</summary>
    internal static int DirectoryCount => DirectoriesInProc.Length + DirectoriesInSys.Length;

    /// <summary>Paths below /proc that become read-only.</summary>
    internal static string[] ReadOnlyInProc { get; } = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

    /// <summary>All that is covered, as the Engine API lists it.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        .. Array.ConvertAll(DirectoriesInProc, static name => "/proc/" + name),
        .. Array.ConvertAll(FilesInProc, static name => "/proc/" + name),
        .. Array.ConvertAll(DirectoriesInSys, static name => "/sys/" + name),
    ];

    /// <summary>All that is read-only.</summary>
    internal static IReadOnlyList<string> AllReadOnly { get; } = Array.ConvertAll(ReadOnlyInProc, static name => "/proc/" + name);

    /// <summary>Whether lists of paths that a client sends are the ones that every container has, in any order.</summary>
    public static bool AreDefault(IReadOnlyCollection<string>? masked, IReadOnlyCollection<string>? readOnly) =>
        (masked is null || new HashSet<string>(masked).SetEquals(All)) && (readOnly is null || new HashSet<string>(readOnly).SetEquals(AllReadOnly));
}
