using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Engine.Containers;
using FastRun.Engine.Logs;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>What a container has written (Engine API, ContainerLogs).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class LogRequests(StateLayout layout)
{
    private const int Much = 32 << 10;

    internal async Task LogsAsync(ApiExchange exchange, string name)
    {
        Container container = new ContainerStore(layout).Find(name);
        AttachStreams streams = (exchange.Flag("stdout") ? AttachStreams.Stdout : AttachStreams.None)
            | (exchange.Flag("stderr") ? AttachStreams.Stderr : AttachStreams.None);
        if (streams == AttachStreams.None)
        {
            throw ApiException.Invalid("Bad parameters: you must choose at least one stream");
        }

        LogQuery query = new(
            exchange.Flag("follow"),
            long.TryParse(exchange.Query("tail"), NumberStyles.None, CultureInfo.InvariantCulture, out long lines) ? lines : null,
            ApiTime.Parse(exchange, "since"),
            ApiTime.Parse(exchange, "until"));
        bool tty = container.Record.Request.Tty;
        exchange.Http.ResponseHeaders.ContentType = !tty && exchange.Version >= new ApiVersion(42)
            ? "application/vnd.docker.multiplexed-stream"
            : "application/vnd.docker.raw-stream";
        bool begun = false;
        Writer writer = new(new FrameStream(exchange.Http.ResponseBody.AsStream(), tty), streams, exchange.Flag("timestamps"), exchange.Flag("details"), exchange.Aborted);
        await ApiWork.RunAsync(() => new ReadLogs(layout).Read(container, query, writer.Take, () => Idle(), exchange.Aborted));
        writer.Flush();

        void Idle()
        {
            // A log that is empty yet has a header nevertheless.
            if (!begun)
            {
                begun = true;
                exchange.Http.StartAsync().GetAwaiter().GetResult();
            }

            writer.Flush();
        }
    }

    /// <summary>Gives a client that attaches what was written before.</summary>
    internal Task ReplayAsync(Container container, Stream output, AttachStreams streams, bool isRaw, CancellationToken gone) => ApiWork.RunAsync(() =>
    {
        Writer writer = new(new FrameStream(output, isRaw), streams, timestamps: false, details: false, gone);
        new ReadLogs(layout).Read(container, new LogQuery(), writer.Take, writer.Flush, gone);
    });

    /// <summary>Entries as frames, those of one stream in a row together. On the thread that reads the log.</summary>
    private sealed class Writer(FrameStream output, AttachStreams streams, bool timestamps, bool details, CancellationToken gone)
    {
        private readonly ArrayBufferWriter<byte> _text = new(Much);
        private bool _isError;

        internal void Take(LogEntry entry)
        {
            if ((streams & (entry.Error ? AttachStreams.Stderr : AttachStreams.Stdout)) == 0)
            {
                return;
            }

            // Clients take each frame for a line: they put what stands before lines at its beginning.
            Flush();
            _isError = entry.Error;
            if (timestamps)
            {
                _text.Write(Encoding.ASCII.GetBytes(entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture)));
            }

            if (details)
            {
                _text.Write(Encoding.UTF8.GetBytes(Details(entry.Attributes) + " "));
            }

            _text.Write(entry.Text.Span);
        }

        internal void Flush()
        {
            if (_text.WrittenCount > 0)
            {
                output.WriteAsync(_isError, _text.WrittenMemory, gone).AsTask().GetAwaiter().GetResult();
                _text.ResetWrittenCount();
            }
        }

        private static string Details(IReadOnlyDictionary<string, string>? attributes) => string.Join(',', (attributes ?? new Dictionary<string, string>())
            .Select(static each => Uri.EscapeDataString(each.Key) + "=" + Uri.EscapeDataString(each.Value))).Replace("%20", "+", StringComparison.Ordinal);
    }
}
