using System;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Cli.Output;

/// <summary>What a user reads when something failed: one line, a hint where there is one, and the causes with <c>--debug</c>.</summary>
internal static class ErrorReport
{
    internal static void Usage(string? command, string message)
    {
        string full = command is null ? "fastrun" : "fastrun " + command;
        Write($"{full}: {TerminalText.Escape(message)}\nSee '{full} --help'.\n");
    }

    internal static void Failure(string message, string? hint = null)
    {
        string text = $"fastrun: {TerminalText.Escape(message)}\n";
        Write(hint is null ? text : $"{text}hint: {TerminalText.Escape(hint)}\n");
    }

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
