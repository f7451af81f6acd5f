using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Logs;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun logs</c>.</summary>
internal sealed class LogsCommand : Command
{
    private LogQuery _query = new();
    private bool _timestamps;

    internal override string Name => "logs";

    internal override string Usage => "[OPTIONS] CONTAINER";

    internal override string Summary => "Fetch the logs of a container";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("follow", 'f', "Wait for more until the container ends", value => _query = _query with { Follow = value }),
        new("tail", 'n', "string", "How many of the last lines to show (default all)", value => _query = _query with { Tail = ParseTail(value) }),
        new("since", '\0', "string", "Show logs since a timestamp (2026-01-02T13:23:37Z) or a time ago (42m)", value => _query = _query with { Since = PointInTime.Parse(value) }),
        new("until", '\0', "string", "Show logs before a timestamp (2026-01-02T13:23:37Z) or a time ago (42m)", value => _query = _query with { Until = PointInTime.Parse(value) }),
        Option.Switch("timestamps", 't', "Show timestamps", value => _timestamps = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        new ReadLogs(layout).Read(container, _query, Print);
        return 0;
    }

    /// <summary>Anything that is not a number of lines means all, as in Docker.</summary>
    private static long? ParseTail(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long lines) ? lines : null;

    /// <summary>Bytes as they were written, each to the descriptor that it was written to.</summary>
    private void Print(LogEntry entry)
    {
        Fd output = Fd.Borrow(entry.Error ? OutputWriter.StandardError : OutputWriter.StandardOutput);
        try
        {
            if (_timestamps)
            {
                string time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture);
                FileContent.Write(output, Encoding.ASCII.GetBytes(time));
            }

            FileContent.Write(output, entry.Text.Span);
        }
        catch (SyscallException exception)
        {
            throw new OutputException(exception.Errno);
        }
    }
}
