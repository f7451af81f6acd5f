using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Logs;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun logs</c>.</summary>
internal sealed class LogsCommand : Command
{
    private const int Much = 64 * 1024;

    private LogQuery _query = new();
    private readonly ArrayBufferWriter<byte> _text = new(Much * 2);
    private bool _timestamps;
    private bool _details;
    private bool _isError;

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
        Option.Switch("details", '\0', "Show the labels, variables and tag that are kept with each line", value => _details = value),
        Option.Switch("timestamps", 't', "Show timestamps", value => _timestamps = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        new ReadLogs(layout).Read(container, _query, Print, Flush);
        return 0;
    }

    /// <summary>Anything that is not a number of lines means all, as in Docker.</summary>
    private static long? ParseTail(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long lines) ? lines : null;

    /// <summary>Bytes as they were written, each to the descriptor that it was written to.</summary>
    private void Print(LogEntry entry)
    {
        if (_isError != entry.Error || _text.WrittenCount > Much)
        {
            Flush();
            _isError = entry.Error;
        }

        if (_timestamps)
        {
            Span<byte> time = _text.GetSpan(40);
            entry.Time.UtcDateTime.TryFormat(time, out int length, "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture);
            _text.Advance(length);
        }

        if (_details)
        {
            string details = string.Join(',', (entry.Attributes ?? new Dictionary<string, string>())
                .Select(static each => Uri.EscapeDataString(each.Key) + "=" + Uri.EscapeDataString(each.Value))).Replace("%20", "+", StringComparison.Ordinal);
            _text.Write(Encoding.UTF8.GetBytes(details + " "));
        }

        _text.Write(entry.Text.Span);
    }

    private void Flush()
    {
        try
        {
            FileContent.Write(Fd.Borrow(_isError ? OutputWriter.StandardError : OutputWriter.StandardOutput), _text.WrittenSpan);
            _text.ResetWrittenCount();
        }
        catch (SyscallException exception)
        {
            throw new OutputException(exception.Errno);
        }
    }
}
