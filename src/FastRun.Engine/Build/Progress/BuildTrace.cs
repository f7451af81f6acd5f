using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Reports;

namespace FastRun.Engine.Build.Progress;

/// <summary>
/// Where the time of a build went, as a file of the Trace Event Format, as <c>exec --trace</c> writes it: what goes on at once is in
/// rows of their own (docs/run-report.md).
/// </summary>
internal static class BuildTrace
{
    private const int Group = 1;

    /// <summary>The document.</summary>
    /// <param name="context">The build's context, as it was named.</param>
    /// <param name="vertices">What the build did.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    internal static byte[] Of(string context, IReadOnlyList<BuildVertex> vertices, string? error)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("displayTimeUnit", "ms");
            json.WriteStartObject("otherData");
            json.WriteString("build", context);
            if (vertices.Count > 0)
            {
                json.WriteString("started", vertices[0].StartedAt);
            }

            if (error is not null)
            {
                json.WriteString("error", error);
            }

            json.WriteEndObject();
            json.WriteStartArray("traceEvents");
            Write(new TraceEvents(json, vertices.Count == 0 ? 0 : vertices[0].Started), context, vertices);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void Write(TraceEvents events, string context, IReadOnlyList<BuildVertex> vertices)
    {
        events.NameGroup(Group, "fastrun build " + context);
        List<long> ends = [];
        foreach (BuildVertex vertex in vertices)
        {
            long end = vertex.Started + (long)(vertex.Elapsed.TotalSeconds * Stopwatch.Frequency);
            int row = ends.FindIndex(other => other <= vertex.Started);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(end);
            }

            ends[row] = end;
            events.Slice(Group, row + 1, vertex.Name, vertex.Started, end, vertex.IsCached, vertex.Error);
        }
    }
}
