using System;
using System.Collections.Generic;
using FastRun.Cli.Commands;
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
        Command? command = null;
        try
        {
            int code = Run(arguments, globals, output, ref command);
            output.Flush();
            return code;
        }
        catch (UsageException e)
        {
            ErrorReport.Usage(command?.Name, e.Message);
            return ExitCodes.Engine;
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
            ErrorReport.Failure(e.Message, e.Hint);
            ReportCauses(e, globals);
            return e.Signal > 0 ? ExitCodes.OfSignal(e.Signal) : command?.ExitCode(e.Kind) ?? ExitCodes.Engine;
        }
        catch (SyscallException e)
        {
            ErrorReport.Failure(e.Message);
            ReportCauses(e, globals);
            return command?.ExitCode(ErrorKind.Internal) ?? ExitCodes.Engine;
        }
#pragma warning disable CA1031 // The last edge: whatever arrives here becomes a line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ErrorReport.Failure(
                $"an error that should not happen ({e.GetType().Name})", "run it again with --debug and report what it prints");
            ReportCauses(e, globals);
            return command?.ExitCode(ErrorKind.Internal) ?? ExitCodes.Engine;
        }
    }

    private static int Run(ReadOnlySpan<string> arguments, GlobalOptions globals, OutputWriter output, ref Command? command)
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
            rest = ["version"];
        }

        command = CommandTable.Find(rest, out int length) ?? throw new UsageException($"unknown command: fastrun {rest[0]}");
        return Run(command, rest.GetRange(length, rest.Count - length), globals, output, globalTable);
    }

    private static int Run(
        Command command, List<string> arguments, GlobalOptions globals, OutputWriter output, Option[] globalTable)
    {
        Option[] table = command.BuildOptions();
        var operands = new List<string>();
        int end = new OptionParser(table, globalTable).Parse(arguments.ToArray(), command.Interspersed, operands);
        if (end == OptionParser.Help)
        {
            output.Write(HelpText.ForCommand(command, table));
            return 0;
        }

        if (operands.Count < command.LeastOperands)
        {
            throw new UsageException($"requires at least {Count(command.LeastOperands)}");
        }

        if (operands.Count > command.MostOperands)
        {
            throw new UsageException(command.MostOperands == 0
                ? "accepts no arguments"
                : $"requires at most {Count(command.MostOperands)}");
        }

        return command.Run(new CommandContext(globals, output), operands);
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
