using System;
using System.Text.Json;
using FastRun.Engine.State;

namespace FastRun.Engine.Build.Cache;

/// <summary>The JSON form of <see cref="StepRecord"/>.</summary>
internal static class StepRecordJson
{
    internal static byte[] Encode(StepRecord record) => JsonRecordWriter.Write(record, Write);

    /// <summary>Reads one; null for what is none, which is as good as absent: the step is done again.</summary>
    internal static StepRecord? TryDecode(byte[] json)
    {
        try
        {
            return JsonRecordReader.Read(json, Read);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Write(JsonRecordWriter json, StepRecord record)
    {
        json.Number("schemaVersion"u8, record.SchemaVersion);
        json.Text("layer"u8, record.Layer);
        json.Text("description"u8, record.Description);
        json.Time("createdAt"u8, record.CreatedAt);
        json.Duration("took"u8, record.Took);
    }

    private static StepRecord Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? throw new JsonException(),
        Layer = json.Text("layer"u8),
        Description = json.RequiredText("description"u8),
        CreatedAt = json.Time("createdAt"u8) ?? throw new JsonException(),
        Took = json.Duration("took"u8) ?? TimeSpan.Zero,
    };
}
