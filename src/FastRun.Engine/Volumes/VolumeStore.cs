using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Volumes;

/// <summary>
/// Volumes on disk: named ones under <c>volumes/&lt;name&gt;</c>, anonymous ones under their container. Any number of
/// processes may use it at once: a volume appears by rename, and is removed only while nobody holds its record's lock.
/// </summary>
public sealed class VolumeStore(StateLayout layout)
{
    private const int LargestRecord = 1 << 20;
    private const int MostRounds = 100;

    /// <summary>Opens a named volume, which is made where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels if it is made now.</param>
    /// <exception cref="EngineException">The name is invalid, or the volume cannot be made.</exception>
    public Volume Open(string name, IReadOnlyDictionary<string, string>? labels = null)
    {
        string directory = Locate(name);
        return Guard(
            name,
            () =>
            {
                // More than one round is needed only while others remove the volume as fast as it is made.
                for (int round = 0; round < MostRounds; round++)
                {
                    if (TryOpen(directory) is { } volume)
                    {
                        return volume;
                    }

                    Make(name, directory, labels);
                }

                throw new EngineException(
                    ErrorKind.CorruptContent, $"volume {name}: {directory} has no {VolumeFiles.Record}");
            });
    }

    /// <summary>Makes an anonymous volume of a container.</summary>
    /// <param name="containerId">The container, whose directory exists.</param>
    /// <param name="index">Its number among the container's.</param>
    /// <exception cref="EngineException">It cannot be made.</exception>
    public Volume OpenAnonymous(string containerId, int index)
    {
        string directory = Anonymous(containerId, index);
        return Guard(
            $"of container {containerId}",
            () =>
            {
                FileAt.MakeDirectories(null, directory, VolumeFiles.OwnerOnly);
                using (Fd opened = FileAt.Open(null, directory, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow))
                {
                    MakeData(opened);
                }

                return OpenHeld(directory, use: null);
            });
    }

    /// <summary>Deletes the anonymous volumes of a container.</summary>
    /// <exception cref="EngineException">Something could not be deleted.</exception>
    public void RemoveAnonymous(string containerId) => Guard(
        $"of container {containerId}",
        () =>
        {
            TreeRemoval.Delete(null, System.IO.Path.Combine(layout.Container(containerId), "volumes"));
            return 0;
        });

    /// <summary>Removes a named volume and its files.</summary>
    /// <exception cref="EngineException">There is none of the name, or it is in use.</exception>
    public void Remove(string name)
    {
        string directory = Locate(name);
        Guard(
            name,
            () =>
            {
                using FileLock? held = FileLock.TryAcquire(
                    null, System.IO.Path.Combine(directory, VolumeFiles.Record), FileLockMode.Exclusive, out Errno errno);
                if (held is null)
                {
                    throw errno == Errno.EAGAIN
                        ? new EngineException(ErrorKind.Conflict, $"volume {name}: cannot be removed: volume is in use")
                        : errno is Errno.ENOENT or Errno.ENOTDIR
                            ? new EngineException(ErrorKind.NotFound, $"volume {name}: no such volume")
                            : new SyscallException("openat2", errno, name);
                }

                FileAt.MakeDirectories(null, layout.Trash, VolumeFiles.OwnerOnly);
                string trash = System.IO.Path.Combine(layout.Trash, RandomName());
                FileAt.Rename(null, directory, null, trash, RenameFlags.NoReplace);
                TreeRemoval.Delete(null, trash);
                return 0;
            });
    }

    /// <summary>What is known of a named volume; null where there is none.</summary>
    /// <exception cref="EngineException">The name is invalid, or the record cannot be read.</exception>
    public VolumeSummary? Find(string name)
    {
        string directory = Locate(name);
        return Guard(
            name,
            () => FileContent.TryReadAll(null, System.IO.Path.Combine(directory, VolumeFiles.Record), LargestRecord) is { } bytes
                ? Parse(name, directory, bytes)
                : null);
    }

    /// <summary>All named volumes, by name.</summary>
    /// <exception cref="EngineException">A record cannot be read.</exception>
    public IReadOnlyList<VolumeSummary> List()
    {
        SortedDictionary<string, VolumeSummary> found = new(StringComparer.Ordinal);
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.Volumes))
        {
            if (Names.IsValid(entry.Text) && Find(entry.Text) is { } volume)
            {
                found.Add(volume.Name, volume);
            }
        }

        return [.. found.Values];
    }

    /// <summary>The volume, held against removal; null where there is none.</summary>
    private static Volume? TryOpen(string directory)
    {
        string record = System.IO.Path.Combine(directory, VolumeFiles.Record);
        FileLock? use = FileLock.TryAcquire(null, record, FileLockMode.Shared, out Errno errno);
        if (use is null && errno == Errno.EAGAIN)
        {
            use = WaitForRemoval(record);
        }

        if (use is null)
        {
            return errno is Errno.ENOENT or Errno.EAGAIN ? null : throw new SyscallException("openat2", errno, record);
        }

        try
        {
            return OpenHeld(directory, use);
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <summary>Only a removal locks out users: waits for its end, and for the record of the volume that came after.</summary>
    private static FileLock? WaitForRemoval(string record)
    {
        try
        {
            return FileLock.Acquire(null, record, FileLockMode.Shared);
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    private static Volume OpenHeld(string directory, FileLock? use)
    {
        Fd opened = FileAt.Open(null, directory, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        try
        {
            VolumeFill.Recover(opened);
            return new Volume(opened, use);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Makes a volume aside and puts it in its place; another process that was first wins.</summary>
    private void Make(string name, string directory, IReadOnlyDictionary<string, string>? labels)
    {
        VolumeRecord record = new()
        {
            Name = name,
            CreatedAt = DateTimeOffset.UtcNow,
            Labels = labels ?? new Dictionary<string, string>(),
        };
        FileAt.MakeDirectories(null, layout.Volumes, VolumeFiles.OwnerOnly);
        FileAt.MakeDirectories(null, layout.Staging, VolumeFiles.OwnerOnly);
        string staged = System.IO.Path.Combine(layout.Staging, RandomName());
        FileAt.MakeDirectory(null, staged, VolumeFiles.OwnerOnly);

        // Staging that nobody holds a lock on is garbage to a collector, which may come before the lock.
        using FileLock? held = FileLock.TryAcquire(null, staged, FileLockMode.Exclusive, out _);
        if (held is null)
        {
            return;
        }

        try
        {
            MakeData(held.File);
            AtomicFile.Write(
                System.IO.Path.Combine(staged, VolumeFiles.Record),
                JsonSerializer.SerializeToUtf8Bytes(record, VolumeJsonContext.Default.VolumeRecord));
            Errno errno = FileAt.TryRename(null, staged, null, directory, RenameFlags.NoReplace);
            if (errno is not (Errno.None or Errno.EEXIST))
            {
                throw new SyscallException("renameat2", errno, directory);
            }

            using Fd volumes = FileAt.Open(null, layout.Volumes, OpenFlags.Read | OpenFlags.Directory);
            FileContent.Sync(volumes);
        }
        finally
        {
            TreeRemoval.Delete(null, staged);
        }
    }

    private static void MakeData(Fd volume)
    {
        Errno errno = FileAt.TryMakeDirectory(volume, VolumeFiles.Data, VolumeFiles.Everybody);
        if (errno is not (Errno.None or Errno.EEXIST))
        {
            throw new SyscallException("mkdirat", errno, VolumeFiles.Data);
        }

        using Fd data = FileAt.Open(volume, VolumeFiles.Data, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        if (errno == Errno.None)
        {
            FileAt.ChangeMode(data, VolumeFiles.Everybody);
        }
    }

    private static VolumeSummary Parse(string name, string directory, byte[] bytes)
    {
        try
        {
            VolumeRecord? record = JsonSerializer.Deserialize(bytes, VolumeJsonContext.Default.VolumeRecord);
            if (record is { SchemaVersion: VolumeRecord.CurrentSchema })
            {
                string data = System.IO.Path.Combine(directory, VolumeFiles.Data);
                return new VolumeSummary(name, record.Driver, data, record.CreatedAt, record.Labels);
            }
        }
        catch (JsonException exception)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"volume {name}: {VolumeFiles.Record} cannot be read", exception);
        }

        throw new EngineException(
            ErrorKind.Unsupported, $"volume {name}: {VolumeFiles.Record} is of another version of fastrun");
    }

    private static string RandomName() => "volume-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static T Guard<T>(string volume, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SyscallException exception)
        {
            ErrorKind kind = exception.Errno switch
            {
                Errno.ENOSPC or Errno.EDQUOT or Errno.EMFILE or Errno.ENFILE => ErrorKind.ResourceExhausted,
                Errno.EACCES or Errno.EPERM or Errno.EROFS => ErrorKind.PermissionDenied,
                _ => ErrorKind.Internal,
            };
            throw new EngineException(kind, $"volume {volume}: {exception.Message}", exception);
        }
    }

    private string Locate(string name) => Names.IsValid(name)
        ? System.IO.Path.Combine(layout.Volumes, name)
        : throw new EngineException(
            ErrorKind.InvalidArgument,
            $"\"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed");

    private string Anonymous(string containerId, int index) => System.IO.Path.Combine(
        layout.Container(containerId), "volumes", index.ToString(CultureInfo.InvariantCulture));
}
