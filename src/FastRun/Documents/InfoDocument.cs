using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FastRun.Engine;
using FastRun.Engine.Host;

namespace FastRun.Documents;

/// <summary>What this host offers, as <c>docker info</c> shows it (Engine API, SystemInfo).</summary>
internal static class InfoDocument
{
    private const string HostNameKey = "Name";

    /// <summary>The machine's architecture in the kernel's words.</summary>
    internal static string Machine => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>The keys of the Engine API (SystemInfo) where there is one for the same thing.</summary>
    internal static JsonObject Of(SystemInfo info) => new()
    {
        ["ServerVersion"] = EngineVersion.Text,
        [HostNameKey] = info.HostName,
        ["DockerRootDir"] = info.DataRoot,
        ["RunRoot"] = info.RunRoot,
        ["Containers"] = info.ContainersRunning + info.ContainersPaused + info.ContainersStopped,
        ["ContainersRunning"] = info.ContainersRunning,
        ["ContainersPaused"] = info.ContainersPaused,
        ["ContainersStopped"] = info.ContainersStopped,
        ["Sandboxes"] = info.Sandboxes,
        ["Images"] = info.Images,
        ["Driver"] = "overlay",
        ["DriverStatus"] = Features(info),
        ["CgroupDriver"] = "cgroupfs",
        ["CgroupVersion"] = info.UnifiedCgroups ? "2" : "1",
        ["CgroupV2Controllers"] = List(info.CgroupV2Controllers),
        ["CgroupV1Controllers"] = List(info.CgroupV1Controllers),
        ["SecurityOptions"] = List(info.Seccomp ? ["name=seccomp,profile=builtin"] : []),
        ["KernelVersion"] = info.KernelVersion,
        ["OldestKernel"] = info.OldestKernel,
        ["OperatingSystem"] = info.OperatingSystem,
        ["OSType"] = "linux",
        ["Architecture"] = Machine,
        ["NCPU"] = info.Cpus,
        ["MemTotal"] = info.MemoryBytes,
        ["Warnings"] = List(info.Warnings),
    };

    private static JsonArray Features(SystemInfo info)
    {
        var features = new JsonArray();
        foreach (string feature in info.OverlayFeatures)
        {
            features.Add((JsonNode)List([feature, "true"]));
        }

        return features;
    }

    private static JsonArray List(IEnumerable<string> items)
    {
        var list = new JsonArray();
        foreach (string item in items)
        {
            list.Add((JsonNode)item);
        }

        return list;
    }
}
