using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Reports;

namespace FastRun.Engine.Batches;

/// <summary>The reports of a batch's commands in one file of JSON: docs/run-report.md.</summary>
internal sealed class BatchReport
{
    private const int SchemaVersion = 1;

    private readonly ResultFile _file;
    private readonly string _image;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly List<(BatchResult Result, byte[] Report)> _commands = [];

    private BatchReport(ResultFile file, string image) => (_file, _image) = (file, image);

    /// <summary>Looks whether it can be written later; null where nobody asked for one.</summary>
    /// <exception cref="Errors.EngineException">It cannot.</exception>
    internal static BatchReport? Begin(BatchRequest request) => request.ReportFile is null ? null
        : new BatchReport(ResultFile.Check("report", request.ReportFile), request.Sandbox.Image);

    /// <summary>Adds a command.</summary>
    /// <param name="result">What it came to.</param>
    /// <param name="report">Its own report; empty where it was killed before it wrote one.</param>
    internal void Add(BatchResult result, byte[] report) => _commands.Add((result, report));

    /// <summary>Writes it.</summary>
    /// <param name="skipped">How many commands were not started.</param>
    /// <param name="wall">How long all of it took.</param>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Write(int skipped, TimeSpan wall)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("image", _image);
            json.WriteString("started", _started);
            json.WriteNumber("wallMilliseconds", Math.Round(wall.TotalMilliseconds, 3));
            json.WriteNumber("skipped", skipped);
            json.WriteStartArray("commands");
            foreach ((BatchResult result, byte[] report) in _commands)
            {
                Write(json, result, report);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return _file.Replace(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, BatchResult result, byte[] report)
    {
        json.WriteStartObject();
        json.WriteNumber("line", result.Line);
        json.WriteString("text", result.Text);
        json.WriteNumber("exitCode", result.ExitCode);
        json.WriteNumber("wallMilliseconds", Math.Round(result.Wall.TotalMilliseconds, 3));
        json.WritePropertyName("report");
        if (report.Length > 0)
        {
            json.WriteRawValue(report);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }
}
