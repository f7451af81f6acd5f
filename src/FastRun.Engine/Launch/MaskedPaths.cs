namespace FastRun.Engine.Launch;

/// <summary>What a container must not see of /proc and /sys, as Docker has it (runtime-spec, config-linux).</summary>
internal static class MaskedPaths
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
}
