using System;
using System.Runtime.CompilerServices;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Tests that are not about networks leave the machine's alone.</summary>
internal static class DefaultNetwork
{
    /// <summary>Before there is a test: all commands inherit it.</summary>
    [ModuleInitializer]
    internal static void None() => Environment.SetEnvironmentVariable("FASTRUN_DEFAULT_NETWORK", "none");
}
