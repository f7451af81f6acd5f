using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The place in a Dockerfile where a build has failed, as BuildKit's clients print it (BuildKit, solver/errdefs, Source).</summary>
internal sealed record FailedSource(string File, IReadOnlyList<string> Lines, int First, int Last)
{
    private const string Type = "github.com/moby/buildkit/errdefs.Source+json";
    private const int Around = 8;
    private const int LongestLine = 400;

    /// <summary>A google.rpc.Status with the place in its details.</summary>
    internal ReadOnlyMemory<byte> Status(GrpcStatus status, string message)
    {
        ProtoWriter detail = new ProtoWriter().Text(1, Type).Bytes(2, Json());
        return new ProtoWriter().Number(1, (long)status).Text(2, message).Message(3, detail).Written;
    }

    private ReadOnlySpan<byte> Json()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("info");
            json.WriteString("filename", File);
            json.WriteBase64String("data", Encoding.UTF8.GetBytes(Text()));
            json.WriteEndObject();
            json.WriteStartArray("ranges");
            json.WriteStartObject();
            Position(json, "start", First);
            Position(json, "end", Last);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    /// <summary>The file, of which only the lines around the place are not empty: it comes in a header.</summary>
    private string Text()
    {
        StringBuilder text = new();
        for (int i = 0; i < Math.Min(Lines.Count, Last + Around); i++)
        {
            string line = i + 1 >= First - Around ? Lines[i] : "";
            text.Append(i == 0 ? "" : "\n").Append(line.Length > LongestLine ? line[..LongestLine] + "..." : line);
        }

        return text.ToString();
    }

    private static void Position(Utf8JsonWriter json, string name, int line)
    {
        json.WriteStartObject(name);
        json.WriteNumber("line", line);
        json.WriteNumber("character", 0);
        json.WriteEndObject();
    }
}
