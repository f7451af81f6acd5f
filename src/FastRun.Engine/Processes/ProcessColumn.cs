using System;
using FastRun.Native.Launch;

namespace FastRun.Engine.Processes;

/// <summary>A column of <see cref="ProcessTable"/>.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Value">What it shows of a process.</param>
internal sealed record ProcessColumn(string Title, Func<ProcessStatus, ProcessColumnContext, string> Value);
