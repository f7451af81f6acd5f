using System.Text.Json;
using FastRun.Engine.State;

namespace FastRun.Engine.Volumes;

/// <summary>The JSON form of <see cref="VolumeRecord"/>: the file <c>volume.json</c>.</summary>
internal static class VolumeRecordJson
{
    internal static byte[] Encode(VolumeRecord record) => JsonRecordWriter.Write(record, Write);

    /// <exception cref="JsonException">It is not one.</exception>
    internal static VolumeRecord Decode(byte[] json) => JsonRecordReader.Read(json, Read);

    private static void Write(JsonRecordWriter json, VolumeRecord record)
    {
        json.Number("schemaVersion"u8, record.SchemaVersion);
        json.Text("name"u8, record.Name);
        json.Text("driver"u8, record.Driver);
        json.Time("createdAt"u8, record.CreatedAt);
        json.Map("labels"u8, record.Labels);
        json.Map("options"u8, record.Options);
    }

    private static VolumeRecord Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? VolumeRecord.CurrentSchema,
        Name = json.RequiredText("name"u8),
        Driver = json.Text("driver"u8) ?? "local",
        CreatedAt = json.Time("createdAt"u8) ?? throw new JsonException(),
        Labels = json.Map("labels"u8) ?? [],
        Options = json.Map("options"u8) ?? [],
    };
}
