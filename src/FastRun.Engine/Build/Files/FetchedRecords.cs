using System.IO;
using System.Text.Json;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// What ADD fetched before, so that a step that is in the cache is found without fetching it again. Digests, no content: where the step is
/// to be done, it is fetched, and must be what was said. A record that is lost or damaged is none.
/// </summary>
internal static class FetchedRecords
{
    private const int DirectoryMode = 0b_111_000_000;
    private const int Largest = 16 * 1024;

    /// <summary>Reads one; null where there is none.</summary>
    internal static FetchedRecord? TryRead(StateLayout layout, string key)
    {
        try
        {
            return FileContent.TryReadAll(null, Path.Combine(layout.BuildFetched, key), Largest) is { } json
                && JsonRecordReader.Read(json, Read) is { SchemaVersion: FetchedRecord.CurrentSchema } record && Digest.TryParse(record.Digest, out _)
                ? record
                : null;
        }
        catch (System.Exception e) when (e is JsonException or SyscallException)
        {
            return null;
        }
    }

    /// <summary>Writes one. What cannot be written is fetched again.</summary>
    internal static void Write(StateLayout layout, string key, FetchedRecord record)
    {
        try
        {
            FileAt.MakeDirectories(null, layout.BuildFetched, DirectoryMode);
            AtomicFile.WriteVolatile(Path.Combine(layout.BuildFetched, key), JsonRecordWriter.Write(record, Write));
        }
        catch (SyscallException)
        {
        }
    }

    /// <summary>Removes those that nobody wrote for long.</summary>
    internal static void Sweep(StateLayout layout, long olderThan)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.BuildFetched))
        {
            string path = Path.Combine(layout.BuildFetched, entry.Text);
            if (FileAt.TryStat(null, path, out FileStatus status) == Errno.None && status.Modified.Seconds < olderThan)
            {
                FileAt.TryUnlink(null, path);
            }
        }
    }

    private static void Write(JsonRecordWriter json, FetchedRecord record)
    {
        json.Number("schemaVersion"u8, record.SchemaVersion);
        json.Text("digest"u8, record.Digest);
        json.Number("modified"u8, record.Modified);
        json.Text("entityTag"u8, record.Validators.EntityTag);
        json.Text("lastModified"u8, record.Validators.LastModified);
    }

    private static FetchedRecord Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? throw new JsonException(),
        Digest = json.RequiredText("digest"u8),
        Modified = json.Long("modified"u8) ?? 0,
        Validators = new DownloadValidators(json.Text("entityTag"u8), json.Text("lastModified"u8)),
    };
}
