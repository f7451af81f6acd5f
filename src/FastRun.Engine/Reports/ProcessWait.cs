using System.Collections.Generic;

namespace FastRun.Engine.Reports;

/// <summary>
/// What one process was at at one moment (proc(5)). The texts are the process's own or the kernel's: whoever prints them escapes them.
/// </summary>
/// <param name="Pid">Its id in the caller's namespace.</param>
/// <param name="Name">Its name, which it may have chosen.</param>
/// <param name="State">The letter of its state: R, S, D, T, Z; empty where it is not known.</param>
/// <param name="Channel">The kernel function that it sleeps in; empty where the kernel does not tell.</param>
/// <param name="Syscall">The system call's number and arguments, or <c>running</c>; empty where the kernel does not tell.</param>
/// <param name="Stack">The functions on its kernel stack, the innermost first; none where the kernel does not tell.</param>
/// <param name="CommandLine">Its arguments, cut after some; none where they could not be read in time.</param>
public sealed record ProcessWait(
    int Pid, string Name, string State, string Channel, string Syscall, IReadOnlyList<string> Stack, IReadOnlyList<string> CommandLine);
