using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Engine.Batches;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Output;

/// <summary>What a batch prints: the output of each command in one piece, and a summary on standard error.</summary>
internal static class BatchOutput
{
    private const int MostListed = 5;
    private const int Block = 64 << 10;

    /// <summary>Whether standard output and standard error lead to the same place, so that their order can be kept.</summary>
    internal static bool IsOneFile() =>
        StandardDescriptor.TryStat(OutputWriter.StandardOutput, out FileStatus output, out _)
        && StandardDescriptor.TryStat(OutputWriter.StandardError, out FileStatus errors, out _)
        && output.Device == errors.Device && output.Inode == errors.Inode;

    /// <summary>Prints what a command wrote.</summary>
    /// <exception cref="OutputException">The reader is gone, or the disk is full.</exception>
    internal static void Print(BatchResult result)
    {
        Copy(result.Output, OutputWriter.StandardOutput);
        if (result.Errors is not null)
        {
            Copy(result.Errors, OutputWriter.StandardError);
        }
    }

    /// <summary>How many did what they were to do, those that did not, and the slowest.</summary>
    internal static string Summary(BatchOutcome outcome, int parallel)
    {
        StringBuilder text = new();
        List<BatchResult> failed = [.. outcome.Results];
        failed.RemoveAll(static result => result.Succeeded);
        text.Append(CultureInfo.InvariantCulture, $"{outcome.Results.Count - failed.Count} succeeded, {failed.Count} failed");
        if (outcome.Skipped > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", {outcome.Skipped} not run");
        }

        text.Append(CultureInfo.InvariantCulture, $" in {outcome.Wall.TotalSeconds:F3} s, {parallel} at a time\n");
        if (failed.Count > 0)
        {
            text.Append("failed:\n");
            failed.Sort(static (one, other) => one.Line.CompareTo(other.Line));
            foreach (BatchResult result in failed)
            {
                text.Append(CultureInfo.InvariantCulture, $"  line {result.Line}, exit code {result.ExitCode}: {TerminalText.Escape(result.Text)}\n");
            }
        }

        if (outcome.Results.Count > 1)
        {
            text.Append("slowest:\n");
            List<BatchResult> slowest = [.. outcome.Results];
            slowest.Sort(static (one, other) => other.Wall.CompareTo(one.Wall));
            foreach (BatchResult result in slowest.GetRange(0, Math.Min(MostListed, slowest.Count)))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {result.Wall.TotalSeconds,9:F3} s  {TerminalText.Escape(result.Text)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Whether anything went wrong.</summary>
    internal static bool HasFailed(BatchOutcome outcome) =>
        outcome.Failures.Count > 0 || outcome.Skipped > 0 || outcome.Results.Any(static result => !result.Succeeded);

    private static void Copy(Fd file, int to)
    {
        byte[] block = new byte[Block];
        long at = 0;
        int count;
        while ((count = FileContent.ReadAt(file, block, at)) > 0)
        {
            try
            {
                FileContent.Write(Fd.Borrow(to), block.AsSpan(0, count));
            }
            catch (SyscallException exception)
            {
                throw new OutputException(exception.Errno);
            }

            at += count;
        }
    }
}
