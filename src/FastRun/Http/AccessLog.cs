using System;
using System.Globalization;
using System.Net;
using System.Text;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Filesystem;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Http;

/// <summary>
/// A line for each request, in the combined log format that Apache made and every log reader knows, with the seconds that the
/// request took behind it. Each line is one write to a file that is open for appending, so a file can be truncated while it is in use, and several servers
/// can share one.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    private const string StandardOutput = "-";
    private const int OwnerFile = 0b_110_100_000;
    private const int MostOfField = 512;

    private readonly Fd _file;
    private readonly Action<string> _report;
    private readonly string _path;
    private int _failing;

    private AccessLog(Fd file, string path, Action<string> report) => (_file, _path, _report) = (file, path, report);

    /// <summary>Opens the file, which is made where there is none.</summary>
    /// <param name="path">The file; <c>-</c> for standard output.</param>
    /// <param name="report">Hears of the first line that cannot be written, and of the first one after a line that could.</param>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    internal static AccessLog Open(string path, Action<string> report) => new(
        path == StandardOutput
            ? Fd.Borrow(1)
            : FileAt.Open(null, path, OpenFlags.Write | OpenFlags.Append | OpenFlags.Create | OpenFlags.NoControllingTerminal, OwnerFile),
        path,
        report);

    /// <summary>Adds a request that has been answered. What cannot be written is lost: requests do not fail for it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="status">What it was answered with.</param>
    /// <param name="took">How long that took.</param>
    internal void Write(HttpExchange exchange, int status, TimeSpan took)
    {
        try
        {
            FileContent.Write(_file, Encoding.UTF8.GetBytes(Line(exchange, status, DateTimeOffset.UtcNow, took)));
            Volatile.Write(ref _failing, 0);
        }
        catch (SyscallException e)
        {
            if (Interlocked.Exchange(ref _failing, 1) == 0)
            {
                _report($"{(_path == StandardOutput ? "standard output" : _path)}: requests are not logged: {e.Errno.Describe()}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string Line(HttpExchange exchange, int status, DateTimeOffset at, TimeSpan took)
    {
        IPAddress? client = exchange.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        string agent = exchange.RequestHeaders.UserAgent.ToString();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{client?.ToString() ?? "-"} - {Field(exchange.User ?? "-")} [{at:dd/MMM/yyyy:HH:mm:ss} +0000] \"{Field(exchange.Method)} {Field(exchange.Target)} HTTP/1.1\" {status} {exchange.Sent} \"-\" \"{Field(agent.Length == 0 ? "-" : agent)}\" {took.TotalSeconds:F3}\n");
    }

    /// <summary>What a client chose, so that it stays one field of one line: as Apache writes it.</summary>
    private static string Field(string text)
    {
        StringBuilder field = new();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MostOfField)))
        {
            _ = c switch
            {
                '"' or '\\' => field.Append('\\').Append(c),
                < ' ' or > '~' => field.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => field.Append(c),
            };
        }

        return field.ToString();
    }
}
