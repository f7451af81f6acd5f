using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.State;

/// <summary>
/// What a running sandbox with a name or labels tells others, on /run: <c>sandboxes/&lt;name or id&gt;</c>. The file is
/// locked while the sandbox runs, so the name of a killed one is free again at once.
/// </summary>
internal sealed class SandboxRecord : IDisposable
{
    private const int OwnerOnly = 0b_111_000_000;

    private readonly string _path;
    private readonly FileLock _lock;

    private SandboxRecord(string path, FileLock held) => (_path, _lock) = (path, held);

    /// <summary>Claims the name and writes the record; null where there is nothing to tell.</summary>
    /// <exception cref="EngineException">The name is in use.</exception>
    internal static SandboxRecord? Publish(StateLayout layout, string id, ContainerCreateRequest request)
    {
        if (request.Name is null && request.Labels.Count == 0)
        {
            return null;
        }

        FileAt.MakeDirectories(null, layout.Sandboxes, OwnerOnly);
        string path = Path.Combine(layout.Sandboxes, request.Name ?? id);
        FileLock held = Claim(path, request.Name ?? id);
        try
        {
            using Fd file = FileAt.Open(null, path, OpenFlags.Write | OpenFlags.Truncate);
            FileContent.Write(file, Document(id, request));
            return new SandboxRecord(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the record, while the lock is still held.</summary>
    internal void Remove() => FileAt.Unlink(null, _path);

    /// <summary>Deletes the records of killed sandboxes.</summary>
    internal static void RemoveAbandoned(StateLayout layout)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.Sandboxes))
        {
            string path = Path.Combine(layout.Sandboxes, entry.Text);
            using FileLock? held = FileLock.TryAcquireTarget(null, path, FileLockMode.Exclusive, out _, out _);
            if (held is not null)
            {
                FileAt.TryUnlink(null, path);
            }
        }
    }

    /// <summary>Releases the name.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileLock Claim(string path, string name)
    {
        while (true)
        {
            FileLock? held = FileLock.TryAcquireOrCreate(null, path, FileLockMode.Exclusive, out Errno errno);
            if (held is null)
            {
                throw errno == Errno.EAGAIN
                    ? new EngineException(ErrorKind.Conflict, $"the name \"{name}\" is already in use by a running sandbox")
                    : new SyscallException("openat2", errno, path);
            }

            // Its last owner may have deleted the file between our opening and locking it.
            if (held.StillNames(null, path))
            {
                return held;
            }

            held.Dispose();
        }
    }

    private static ReadOnlySpan<byte> Document(string id, ContainerCreateRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", 1);
            writer.WriteString("id", id);
            writer.WriteString("name", request.Name);
            writer.WriteString("image", request.Image);
            writer.WriteStartObject("labels");
            foreach (KeyValuePair<string, string> label in request.Labels)
            {
                writer.WriteString(label.Key, label.Value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
