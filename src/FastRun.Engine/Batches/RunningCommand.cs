using System;
using System.Diagnostics;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Batches;

/// <summary>A command of a batch while it runs.</summary>
internal sealed class RunningCommand : IDisposable
{
    private const int LargestReport = 1 << 20;

    private readonly int _line;
    private readonly string _text;
    private readonly long _started;
    private readonly Fd _output;
    private readonly Fd? _errors;
    private readonly Fd? _report;

    private RunningCommand(int line, string text, long started, Fd output, Fd? errors, Fd? report, ChildProcess process)
    {
        (_line, _text, _started, _output, _errors, _report) = (line, text, started, output, errors, report);
        Process = process;
    }

    /// <summary>The process that holds its sandbox.</summary>
    internal ChildProcess Process { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="SyscallException">It cannot be started.</exception>
    internal static RunningCommand Start(StateLayout layout, BatchRequest request, Fd shared, BatchFiles files, int line, string text)
    {
        long started = Stopwatch.GetTimestamp();
        Fd output = files.Make();
        Fd? errors = request.ErrorsApart ? files.Make() : null;
        Fd? report = request.ReportFile is null ? null : files.Make();
        try
        {
            ChildProcess process = BatchSandbox.Start(
                layout, shared, report, BatchCommand.Of(request.Command, text), output, errors ?? output);
            return new RunningCommand(line, text, started, output, errors, report, process);
        }
        catch
        {
            output.Dispose();
            errors?.Dispose();
            report?.Dispose();
            throw;
        }
    }

    /// <summary>Reaps it, once it has ended.</summary>
    internal BatchResult End()
    {
        ExitStatus status = Process.Wait();
        return new BatchResult(_line, _text, status.Code, Stopwatch.GetElapsedTime(_started)) { Output = _output, Errors = _errors };
    }

    /// <summary>The report that it wrote; empty where it was killed before it had.</summary>
    internal byte[] ReadReport()
    {
        if (_report is null)
        {
            return [];
        }

        FileContent.Seek(_report, 0);
        byte[] report = FileContent.ReadAll(_report, LargestReport);
        return report.AsSpan().EndsWith("}\n"u8) ? report : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Process.Dispose();
        _output.Dispose();
        _errors?.Dispose();
        _report?.Dispose();
    }
}
