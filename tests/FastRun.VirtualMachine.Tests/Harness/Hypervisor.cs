using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>The program that emulates the machines.</summary>
internal static class Hypervisor
{
    private const string Program = "qemu-system-x86_64";

    /// <summary>Why there can be no machines here; null where there can.</summary>
    internal static string? Unavailable { get; } =
        RuntimeInformation.OSArchitecture != Architecture.X64 ? "the kernels are for x86-64, and so is the binary under test only there"
        : Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static directory => File.Exists(Path.Combine(directory, Program))) ? null
        : $"{Program} is not installed";
}
