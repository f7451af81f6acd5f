using System;
using System.Diagnostics;
using System.Text.Json;
using FastRun.Layers.Pipeline;

namespace FastRun.Engine.Reports;

/// <summary>
/// Writes events of the Trace Event Format: slices (<c>X</c>), moments (<c>i</c>) and the names of groups and rows (<c>M</c>), which
/// the format calls processes and threads. Times are in microseconds since a zero.
/// </summary>
internal sealed class TraceEvents(Utf8JsonWriter json, long zero)
{
    /// <summary>Names a group of rows; they are shown in the order of their numbers.</summary>
    internal void NameGroup(int group, string name)
    {
        Metadata("process_name", group, row: 0, "name", name);
        Begin("M", "process_sort_index", group, 0);
        json.WriteStartObject("args");
        json.WriteNumber("sort_index", group);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Names a row.</summary>
    internal void NameRow(int group, int row, string name) => Metadata("thread_name", group, row, "name", name);

    /// <summary>Something that took time.</summary>
    internal void Slice(int group, int row, string name, long from, long to)
    {
        BeginSlice(group, row, name, from, to);
        json.WriteEndObject();
    }

    /// <summary>Something that took time, for only a part of which it was at work.</summary>
    internal void Slice(int group, int row, string name, long from, long to, TimeSpan busy)
    {
        BeginSlice(group, row, name, from, to);
        json.WriteStartObject("args");
        json.WriteNumber("busyMilliseconds", Math.Round(busy.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A step's time, and how it ended.</summary>
    internal void Slice(int group, int row, string name, long from, long to, bool isCached, string? error)
    {
        BeginSlice(group, row, name, from, to);
        json.WriteStartObject("args");
        json.WriteBoolean("cached", isCached);
        if (error is not null)
        {
            json.WriteString("error", error);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A layer's time, with what it brought.</summary>
    internal void Slice(int group, int row, string name, long from, long to, LayerProgress layer)
    {
        BeginSlice(group, row, name, from, to);
        json.WriteStartObject("args");
        json.WriteString("diffId", layer.Source.DiffId.ToString());
        json.WriteString("mediaType", layer.Source.MediaType);
        json.WriteNumber("blobBytes", layer.BlobBytes);
        json.WriteNumber("tarBytes", layer.TarBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Something that happened.</summary>
    internal void Moment(int group, int row, string name, long at)
    {
        Begin("i", name, group, row);
        json.WriteString("s", "t");
        json.WriteNumber("ts", Microseconds(at - zero));
        json.WriteEndObject();
    }

    private static double Microseconds(long ticks) => Math.Round(ticks * 1_000_000.0 / Stopwatch.Frequency, 3);

    private void Metadata(string what, int group, int row, string key, string value)
    {
        Begin("M", what, group, row);
        json.WriteStartObject("args");
        json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void BeginSlice(int group, int row, string name, long from, long to)
    {
        Begin("X", name, group, row);
        json.WriteNumber("ts", Microseconds(from - zero));
        json.WriteNumber("dur", Microseconds(Math.Max(to - from, 0)));
    }

    private void Begin(string phase, string name, int group, int row)
    {
        json.WriteStartObject();
        json.WriteString("ph", phase);
        json.WriteString("name", name);
        json.WriteString("cat", "fastrun");
        json.WriteNumber("pid", group);
        json.WriteNumber("tid", row);
    }
}
