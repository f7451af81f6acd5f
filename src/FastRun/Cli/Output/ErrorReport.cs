using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Cli.Commands;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Cli.Output;

/// <summary>What a user reads when something failed: one line, a hint where there is one, and the causes with <c>--debug</c>.</summary>
internal static class ErrorReport
{
    /// <summary>Tells the user what to know of the host, on standard error.</summary>
    internal static void Warn(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            Write($"WARNING: {TerminalText.Escape(warning)}\n");
        }
    }

    /// <summary>A wrong command line. Docker has a form for each kind of fault.</summary>
    internal static void Usage(Invocation invocation, UsageException fault)
    {
        string message = TerminalText.Escape(fault.Message);
        string name = invocation.Name;
        string usage = invocation.UsageLine;
        string more = $"'{name} --help' for more information\n";
        Write(!ProgramName.IsDocker ? $"{name}: {message}\nSee '{name} --help'.\n" : fault.Fault switch
        {
            UsageFault.Flag => $"{message}\n\n{usage}\n\nRun {more}",
            UsageFault.Operands when invocation.Command?.MostOperands == invocation.Command?.LeastOperands => $"docker: '{name}' {message}\n\n{usage}\n\nRun {more}",
            UsageFault.Operands => $"docker: '{name}' {message}\n\n{usage}\n\nSee {more}",
            UsageFault.Command when invocation.Spelling.Length > 0 => $"docker: {message}\n\n{usage}\n\nRun {more}",
            UsageFault.Command => $"docker: {message}\n\nRun {more}",
            _ when invocation.Command is RunCommand or CreateCommand => $"docker: {message}\n\nRun {more}",
            _ => message + "\n",
        });
    }

    /// <summary>The engine failed a whole command.</summary>
    internal static void Failure(Invocation invocation, string message, string? hint = null)
    {
        if (ProgramName.IsDocker && invocation.Command is RunCommand)
        {
            Write($"docker: Error response from daemon: {TerminalText.Escape(message)}\n{Hint(hint)}\nRun '{invocation.Name} --help' for more information\n");
            return;
        }

        Failure(message, hint);
    }

    /// <summary>The engine failed a part of a command.</summary>
    internal static void Failure(string message, string? hint = null)
    {
        string source = ProgramName.IsDocker ? "Error response from daemon" : "fastrun";
        Write($"{source}: {TerminalText.Escape(message)}\n{Hint(hint)}");
    }

    private static string Hint(string? hint) => hint is null ? "" : $"hint: {TerminalText.Escape(hint)}\n";

    /// <summary>The causes below an exception, outermost first.</summary>
    internal static void Chain(Exception exception)
    {
        var text = new StringBuilder();
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            text.Append("debug: ").Append(Name(cause));
            if (IsOurs(cause))
            {
                text.Append(": ").Append(TerminalText.Escape(cause.Message));
            }

            text.Append('\n');
            if (cause.StackTrace is { Length: > 0 } trace)
            {
                text.Append(trace).Append('\n');
            }
        }

        Write(text.ToString());
    }

    /// <summary>The runtime's own messages are left out of the binary; only their keys are there.</summary>
    private static bool IsOurs(Exception exception) =>
        exception.GetType().Namespace?.StartsWith(nameof(FastRun), StringComparison.Ordinal) == true;

    private static string Name(Exception exception) => exception switch
    {
        EngineException e => $"{nameof(EngineException)}({e.Kind})",
        SyscallException e => $"{nameof(SyscallException)}({e.Syscall}, {e.Errno})",
        _ => exception.GetType().Name,
    };

    /// <summary>Writes text to standard error, if there is anyone to read it.</summary>
    internal static void Write(string text)
    {
        var error = new OutputWriter(OutputWriter.StandardError);
        error.Write(text);
        try
        {
            error.Flush();
        }
        catch (OutputException)
        {
            // Nobody is there to read it; the exit code has to do.
        }
    }
}
