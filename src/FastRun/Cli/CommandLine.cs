using System;
using System.Collections.Generic;
using FastRun.Cli.Commands;
using FastRun.Cli.Commands.Host;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Cli;

/// <summary>From arguments to an exit code: finds the command, parses its flags, runs it, and reports what failed.</summary>
internal static class CommandLine
{
    internal static int Run(string[] arguments)
    {
        var globals = new GlobalOptions();
        var output = new OutputWriter(OutputWriter.StandardOutput);
        Invocation invocation = Invocation.Program;
        try
        {
            int code = Run(arguments, globals, output, ref invocation);
            output.Flush();
            return code;
        }
        catch (UsageException e)
        {
            ErrorReport.Usage(invocation, e);
            return ExitCodes.OfUsage(e.Fault, invocation.Command);
        }
        catch (OutputException e)
        {
            if (e.Errno == Errno.EPIPE)
            {
                return ExitCodes.BrokenPipe;
            }

            ErrorReport.Failure($"standard output: write: {e.Errno.Describe()}");
            return ExitCodes.Engine;
        }
        catch (EngineException e)
        {
            ErrorReport.Failure(invocation, e.Message, e.Hint);
            ReportCauses(e, globals);
            return e.Signal > 0 ? ExitCodes.OfSignal(e.Signal) : invocation.Command?.ExitCode(e.Kind) ?? ExitCodes.Failure;
        }
        catch (SyscallException e)
        {
            ErrorReport.Failure(invocation, e.Message);
            ReportCauses(e, globals);
            return invocation.Command?.ExitCode(ErrorKind.Internal) ?? ExitCodes.Engine;
        }
#pragma warning disable CA1031 // The last edge: whatever arrives here becomes a line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ErrorReport.Failure(
                $"an error that should not happen ({e.GetType().Name})", "run it again with --debug and report what it prints");
            ReportCauses(e, globals);
            return invocation.Command?.ExitCode(ErrorKind.Internal) ?? ExitCodes.Engine;
        }
    }

    private static int Run(
        ReadOnlySpan<string> arguments, GlobalOptions globals, OutputWriter output, ref Invocation invocation)
    {
        bool version = false;
        Option[] globalTable = GlobalOptions.Build(globals);
        Option[] programTable = [Option.Switch("version", 'v', "Print the version", value => version = value)];
        var rest = new List<string>();
        if (new OptionParser(globalTable, programTable).Parse(arguments, interspersed: false, rest) == OptionParser.Help
            || (rest.Count == 0 && !version))
        {
            output.Write(HelpText.ForProgram());
            return 0;
        }

        if (version)
        {
            output.Write(VersionCommand.Line());
            return 0;
        }

        if (CommandTable.Find(rest, out string spelling) is not { } entry)
        {
            return RunGroup(rest, output, ref invocation);
        }

        Command command = entry.Make();
        invocation = Invocation.Of(spelling, command);
        int words = spelling.Contains(' ', StringComparison.Ordinal) ? 2 : 1;
        return Run(entry, invocation, command, rest.GetRange(words, rest.Count - words), globals, output, globalTable);
    }

    /// <summary>A group without a command shows its help; anything else there is not.</summary>
    private static int RunGroup(List<string> words, OutputWriter output, ref Invocation invocation)
    {
        CommandGroup group = CommandTable.FindGroup(words[0])
            ?? throw new UsageException($"unknown command: {ProgramName.Text} {words[0]}", UsageFault.Command);
        if (group.Missing is { } missing)
        {
            throw new EngineException(ErrorKind.Unsupported, $"{group.Name}: {missing}");
        }

        invocation = Invocation.Of(group);
        var operands = new List<string>();
        if (new OptionParser([]).Parse(words.GetRange(1, words.Count - 1).ToArray(), interspersed: false, operands) != OptionParser.Help
            && operands.Count > 0)
        {
            throw new UsageException($"unknown command: {invocation.Name} {operands[0]}", UsageFault.Command);
        }

        output.Write(HelpText.ForGroup(group));
        return 0;
    }

    private static int Run(
        CommandEntry entry,
        Invocation invocation,
        Command command,
        List<string> arguments,
        GlobalOptions globals,
        OutputWriter output,
        Option[] globalTable)
    {
        Option[] table = command.BuildOptions();
        var operands = new List<string>();
        int end = new OptionParser(table, globalTable).Parse(arguments.ToArray(), command.Interspersed, operands);
        if (end == OptionParser.Help)
        {
            output.Write(HelpText.ForCommand(entry, invocation, command, table));
            return 0;
        }

        RequireCount(command, operands.Count);
        return command.Run(new CommandContext(globals, output), operands);
    }

    private static void RequireCount(Command command, int operands)
    {
        (int least, int most) = (command.LeastOperands, command.MostOperands);
        if (operands >= least && operands <= most)
        {
            return;
        }

        throw new UsageException(
            most == 0 ? "accepts no arguments"
                : least == most ? $"requires {Count(least)}"
                : operands < least ? $"requires at least {Count(least)}"
                : $"requires at most {Count(most)}",
            UsageFault.Operands);
    }

    private static string Count(int arguments) => arguments == 1 ? "1 argument" : $"{arguments} arguments";

    private static void ReportCauses(Exception exception, GlobalOptions globals)
    {
        if (globals.Debug)
        {
            ErrorReport.Chain(exception);
        }
    }
}
