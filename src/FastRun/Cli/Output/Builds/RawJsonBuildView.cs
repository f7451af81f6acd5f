using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Progress;

namespace FastRun.Cli.Output.Builds;

/// <summary>A JSON object in each line, as <c>docker buildx build --progress rawjson</c> writes them: BuildKit's <c>SolveStatus</c>.</summary>
internal sealed class RawJsonBuildView(OutputWriter output) : BuildView
{
    private const int Warning = 1;
    private const int StandardOutput = 1;

    private readonly Lock _gate = new();

    public override void Note(string text) => Write(json =>
    {
        json.WriteStartArray("warnings");
        json.WriteStartObject();
        json.WriteNumber("level", Warning);
        json.WriteBase64String("short", Encoding.UTF8.GetBytes(text));
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public override void Warned(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines) => Write(json =>
    {
        json.WriteStartArray("warnings");
        foreach (CheckWarning warning in warnings)
        {
            json.WriteStartObject();
            json.WriteNumber("level", Warning);
            json.WriteBase64String("short", Encoding.UTF8.GetBytes(warning.Short));
            json.WriteStartArray("detail");
            json.WriteBase64StringValue(Encoding.UTF8.GetBytes(warning.Description));
            json.WriteEndArray();
            json.WriteString("url", warning.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public override void Failed(string place)
    {
        if (place.Length > 0)
        {
            Note(place);
        }
    }

    protected override void OnStarted(BuildVertex vertex) => Vertex(vertex);

    protected override void OnEnded(BuildVertex vertex) => Vertex(vertex);

    protected override void OnStatus(BuildVertex vertex, string line) => Write(json =>
    {
        json.WriteStartArray("statuses");
        json.WriteStartObject();
        json.WriteString("id", line);
        json.WriteString("vertex", DigestOf(vertex));
        json.WriteNumber("current", 0);
        json.WriteString("timestamp", DateTime.UtcNow);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        byte[] data = text.ToArray();
        Write(json =>
        {
            json.WriteStartArray("logs");
            json.WriteStartObject();
            json.WriteString("vertex", DigestOf(vertex));
            json.WriteNumber("stream", StandardOutput);
            json.WriteBase64String("data", data);
            json.WriteString("timestamp", DateTime.UtcNow);
            json.WriteEndObject();
            json.WriteEndArray();
        });
    }

    private static string DigestOf(BuildVertex vertex) => "sha256:" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{vertex.Number} {vertex.Name}"))));

    private void Vertex(BuildVertex vertex) => Write(json =>
    {
        json.WriteStartArray("vertexes");
        json.WriteStartObject();
        json.WriteString("digest", DigestOf(vertex));
        json.WriteString("name", vertex.Name);
        json.WriteString("started", vertex.StartedAt.UtcDateTime);
        if (vertex.HasEnded)
        {
            json.WriteString("completed", vertex.StartedAt.UtcDateTime + vertex.Elapsed);
        }

        if (vertex.IsCached)
        {
            json.WriteBoolean("cached", true);
        }

        if (vertex.Error is { } error)
        {
            json.WriteString("error", error);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    });

    private void Write(Action<Utf8JsonWriter> content)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        lock (_gate)
        {
            output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
            output.Flush();
        }
    }
}
