using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Networks.Egress;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Reports;

/// <summary>What one run used and how it ended, as a file of JSON: docs/run-report.md.</summary>
internal sealed class RunReport
{
    private const int SchemaVersion = 1;
    private const string What = "report";

    private readonly ResultFile _file;
    private readonly string _image;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private int _exitCode;
    private int _signal;
    private bool _timedOut;
    private string? _error;
    private Digest? _imageId;
    private Digest? _manifest;
    private long? _oomKills;
    private CgroupStatistics _used = new();
    private IReadOnlyList<ProcessWait> _waiting = [];
    private EgressRefusals? _egress;

    private RunReport(ResultFile file, string image) => (_file, _image) = (file, image);

    /// <summary>Looks whether the report can be written later; null where nobody asked for one.</summary>
    /// <param name="request">What is run.</param>
    /// <param name="opened">Where it goes instead of the file that is asked for.</param>
    /// <exception cref="EngineException">It cannot.</exception>
    internal static RunReport? Begin(ContainerCreateRequest request, Fd? opened = null) =>
        opened is not null ? new RunReport(ResultFile.Opened(What, opened), request.Image)
        : request.ReportFile is null ? null : new RunReport(ResultFile.Check(What, request.ReportFile), request.Image);

    /// <summary>As <see cref="Begin"/>, of a container that was looked at when it was made.</summary>
    internal static RunReport? Go(ContainerCreateRequest request) =>
        request.ReportFile is null ? null : new RunReport(ResultFile.Checked(What, request.ReportFile), request.Image);

    /// <summary>The same request, counted.</summary>
    internal static ContainerCreateRequest Measured(ContainerCreateRequest request) =>
        request with { Limits = request.Limits with { Measured = true } };

    /// <summary>Takes which image it is.</summary>
    internal void Of(StateLayout layout, LaunchRecord? image)
    {
        if (image is not null)
        {
            _imageId = image.ImageId;
            _manifest = ContainerImageUsers.OpenStore(layout).DigestOf(ImageLocation.Parse(_image).Reference, image.ImageId);
        }
    }

    /// <summary>Takes what there is to know while the cgroup is still there.</summary>
    internal void Ended(int exitCode, int signal, Cgroup cgroup)
    {
        _exitCode = exitCode;
        _signal = signal;
        _oomKills = cgroup.OomKills();
        _used = cgroup.ReadStatistics();
    }

    /// <summary>As the other, and what the time limit did.</summary>
    internal void Ended(int exitCode, Supervisor supervisor, Cgroup cgroup)
    {
        Ended(exitCode, supervisor.Signal, cgroup);
        (_timedOut, _waiting) = (supervisor.TimedOut, supervisor.Waiting);
    }

    /// <summary>Takes what the policy of where it may send refused; null where there was none.</summary>
    internal void Refused(EgressRefusals? egress) => _egress = egress;

    /// <summary>Takes why there was no run.</summary>
    internal void Failed(EngineException exception, int exitCode)
    {
        _error = exception.Message;
        _exitCode = exitCode;
    }

    /// <summary>Replaces the file.</summary>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Write(Timeline timeline) => _file.Replace(Document(timeline));

    private byte[] Document(Timeline timeline)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            double wall = 0;
            foreach ((_, double milliseconds) in timeline.Phases)
            {
                wall += milliseconds;
            }

            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("image", _image);
            WriteText(json, "imageId", _imageId?.ToString());
            WriteText(json, "manifestDigest", _manifest?.ToString());
            json.WriteString("started", _started);
            json.WriteNumber("exitCode", _exitCode);
            Write(json, "signal", _signal == 0 ? null : _signal);
            json.WriteBoolean("timedOut", _timedOut);
            WriteText(json, "error", _error);
            json.WriteNumber("wallMilliseconds", Math.Round(wall, 3));
            Write(json, "cpuMicroseconds", _used.CpuMicroseconds);
            Write(json, "userMicroseconds", _used.UserMicroseconds);
            Write(json, "systemMicroseconds", _used.SystemMicroseconds);
            Write(json, "memoryPeakBytes", _used.MemoryPeakBytes);
            Write(json, "readBytes", _used.IoReadBytes);
            Write(json, "writtenBytes", _used.IoWriteBytes);
            Write(json, "tasksPeak", _used.PidsPeak);
            Write(json, "oomKills", _oomKills);
            Write(json, "throttledPeriods", _used.CpuThrottledPeriods);
            Write(json, "throttledMicroseconds", _used.CpuThrottledMicroseconds);
            WritePhases(json, timeline);
            WriteWaiting(json);
            EgressJson.Write(json, _egress);
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WritePhases(Utf8JsonWriter json, Timeline timeline)
    {
        json.WriteStartArray("phases");
        foreach ((string phase, double milliseconds) in timeline.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase);
            json.WriteNumber("milliseconds", Math.Round(milliseconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteWaiting(Utf8JsonWriter json)
    {
        json.WriteStartArray("waiting");
        foreach (ProcessWait process in _waiting)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.Pid);
            json.WriteString("name", process.Name);
            json.WriteString("state", process.State);
            json.WriteString("wchan", process.Channel);
            json.WriteString("syscall", process.Syscall);
            WriteTexts(json, "stack", process.Stack);
            WriteTexts(json, "commandLine", process.CommandLine);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
