using System;
using System.IO;

namespace FastRun.Cli;

/// <summary>
/// What this program was called as. As <c>docker</c> (a link of that name) it speaks Docker's words: the form of errors, of usage
/// lines and of help, and the exit codes for a wrong command line.
/// </summary>
internal static class ProgramName
{
    private const string Docker = "docker";

    /// <summary>Whether it was called as docker.</summary>
    internal static bool IsDocker { get; } =
        Environment.GetCommandLineArgs() is [var first, ..] && Path.GetFileName(first.AsSpan()) is Docker;

    /// <summary>The name for usage lines and errors.</summary>
    internal static string Text => IsDocker ? Docker : "fastrun";
}
