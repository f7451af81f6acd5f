using System.Text.Json;
using FastRun.Engine.State;

namespace FastRun.Engine.Containers.Records;

/// <summary>The JSON form of <see cref="ContainerRecord"/>: the file <c>config.json</c>.</summary>
internal static class ContainerRecordJson
{
    internal static byte[] Encode(ContainerRecord record) => JsonRecordWriter.Write(record, Write);

    /// <exception cref="JsonException">It is not one.</exception>
    internal static ContainerRecord Decode(byte[] json) => JsonRecordReader.Read(json, Read);

    private static void Write(JsonRecordWriter json, ContainerRecord record)
    {
        json.Number("schemaVersion"u8, record.SchemaVersion);
        json.Text("id"u8, record.Id);
        json.Text("name"u8, record.Name);
        json.Time("createdAt"u8, record.CreatedAt);
        json.Object("request"u8, record.Request, CreateRequestJson.Write);
        json.Text("imageId"u8, record.ImageId);
        json.Texts("layers"u8, record.Layers);
        json.Texts("arguments"u8, record.Arguments);
    }

    private static ContainerRecord Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? ContainerRecord.CurrentSchema,
        Id = json.RequiredText("id"u8),
        Name = json.RequiredText("name"u8),
        CreatedAt = json.Time("createdAt"u8) ?? throw new JsonException(),
        Request = json.Object("request"u8, CreateRequestJson.Read) ?? throw new JsonException(),
        ImageId = json.Text("imageId"u8) ?? "",
        Layers = json.Texts("layers"u8) ?? [],
        Arguments = json.Texts("arguments"u8) ?? [],
    };
}
