using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Layers.Images;
using FastRun.Layers.Pipeline;

namespace FastRun.Engine.Reports;

/// <summary>
/// Where the time of a start and of its pull went, as a file of the Trace Event Format, which Perfetto and Chrome's tracing page
/// open: docs/run-report.md.
/// </summary>
internal sealed class RunTrace
{
    private const int RunGroup = 1;
    private const int LayerRow = 1;

    private readonly ResultFile _file;
    private readonly string _image;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly List<LoadTrace> _loads = [];
    private string? _error;

    private RunTrace(ResultFile file, string image) => (_file, _image) = (file, image);

    /// <summary>Looks whether the trace can be written later; null where nobody asked for one.</summary>
    /// <exception cref="EngineException">It cannot.</exception>
    internal static RunTrace? Begin(string? path, string image) =>
        path is null ? null : new RunTrace(ResultFile.Check("trace", path), image);

    /// <summary>Hears of a load, and passes it on.</summary>
    internal LoadObserver Observe(LoadObserver observer)
    {
        LoadTrace load = new(observer);
        _loads.Add(load);
        return load;
    }

    /// <summary>Takes why there was no run.</summary>
    internal void Failed(EngineException exception) => _error = exception.Message;

    /// <summary>Replaces the file.</summary>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Write(Timeline timeline) => _file.Replace(Document(timeline));

    private byte[] Document(Timeline timeline)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("displayTimeUnit", "ms");
            json.WriteStartObject("otherData");
            json.WriteString("image", _image);
            json.WriteString("started", _started);
            if (_error is not null)
            {
                json.WriteString("error", _error);
            }

            json.WriteEndObject();
            json.WriteStartArray("traceEvents");
            WriteRun(json, timeline);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private void WriteRun(Utf8JsonWriter json, Timeline timeline)
    {
        IReadOnlyList<(string Phase, long From, long To)> phases = timeline.Spans;
        long zero = phases.Count == 0 ? 0 : phases[0].From;
        TraceEvents events = new(json, zero);
        events.NameGroup(RunGroup, "fastrun " + _image);
        events.NameRow(RunGroup, LayerRow, "run");
        foreach ((string phase, long from, long to) in phases)
        {
            events.Slice(RunGroup, LayerRow, phase, from, to);
        }

        int group = RunGroup;
        foreach (LoadTrace load in _loads)
        {
            foreach ((string what, long at) in load.Moments)
            {
                events.Moment(RunGroup, LayerRow, what, at);
            }

            int number = 0;
            foreach (LayerProgress layer in load.Layers)
            {
                WriteLayer(events, ++group, string.Create(CultureInfo.InvariantCulture, $"layer {++number} of {load.Layers.Count}"), layer);
            }
        }
    }

    /// <summary>A layer's whole time, and below it a row for each of its stages, which overlap.</summary>
    private static void WriteLayer(TraceEvents events, int group, string name, LayerProgress layer)
    {
        events.NameGroup(group, $"{name} {layer.Source.Digest}");
        events.NameRow(group, LayerRow, "layer");
        if (layer.Began == 0)
        {
            return;
        }

        events.Slice(group, LayerRow, layer.State.ToString(), layer.Began, layer.Began + (long)(layer.Elapsed.TotalSeconds * Stopwatch.Frequency), layer);
        int row = LayerRow;
        foreach ((LayerStage stage, string what) in s_stages)
        {
            (long from, long to) = layer.Span(stage);
            row++;
            if (from != 0)
            {
                events.NameRow(group, row, what);
                events.Slice(group, row, what, from, to, layer.Busy(stage));
            }
        }
    }

    private static readonly (LayerStage Stage, string What)[] s_stages =
    [
        (LayerStage.Read, "download"),
        (LayerStage.Decompress, "decompress"),
        (LayerStage.Digest, "digest"),
        (LayerStage.Write, "unpack"),
    ];
}
