using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
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
    /// <param name="options">The local driver's options if it is made now.</param>
    /// <exception cref="EngineException">The name is invalid, or the volume cannot be made or used.</exception>
    public Volume Open(
        string name, IReadOnlyDictionary<string, string>? labels = null, IReadOnlyDictionary<string, string>? options = null) =>
        Hold(name, labels, options, directory => TryOpen(name, directory));

    /// <summary>Makes a named volume unless there is one, and keeps it from being removed until that is disposed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels if it is made now.</param>
    /// <param name="options">The local driver's options if it is made now.</param>
    /// <exception cref="EngineException">The name or an option is invalid, or the volume cannot be made.</exception>
    internal FileLock Reserve(
        string name, IReadOnlyDictionary<string, string>? labels, IReadOnlyDictionary<string, string>? options) =>
        Hold(name, labels, options, TryReserve);

    private T Hold<T>(
        string name,
        IReadOnlyDictionary<string, string>? labels,
        IReadOnlyDictionary<string, string>? options,
        Func<string, T?> tryHold)
        where T : class
    {
        string directory = Locate(name);
        CheckOptions(name, options);
        return Guard(
            name,
            () =>
            {
                // More than one round is needed only while others remove the volume as fast as it is made.
                for (int round = 0; round < MostRounds; round++)
                {
                    if (tryHold(directory) is { } held)
                    {
                        return held;
                    }

                    Make(name, directory, labels, options);
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

                return OpenHeld("", directory, use: null);
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
    /// <param name="name">Its name.</param>
    /// <param name="requireUnused">Throws where somebody needs it; called while nobody can begin to use it.</param>
    /// <exception cref="EngineException">There is none of the name, or it is in use.</exception>
    public void Remove(string name, Action? requireUnused = null)
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
                    if (errno == Errno.EAGAIN)
                    {
                        requireUnused?.Invoke();
                    }

                    throw errno == Errno.EAGAIN
                        ? new EngineException(ErrorKind.Conflict, $"remove {name}: volume is in use")
                        : errno is Errno.ENOENT or Errno.ENOTDIR
                            ? NotFound(name)
                            : new SyscallException("openat2", errno, name);
                }

                requireUnused?.Invoke();
                FileAt.MakeDirectories(null, layout.Trash, VolumeFiles.OwnerOnly);
                string trash = System.IO.Path.Combine(layout.Trash, RandomName());
                FileAt.Rename(null, directory, null, trash, RenameFlags.NoReplace);
                TreeRemoval.Delete(null, trash);
                VolumeEvents.Note(layout, name, "destroy");
                return 0;
            });
    }

    /// <summary>The record of a volume, whose locks tell who uses it.</summary>
    internal string RecordOf(string name) => System.IO.Path.Combine(Locate(name), VolumeFiles.Record);

    /// <summary>The failure where there is no volume of a name.</summary>
    internal static EngineException NotFound(string name) => new(ErrorKind.NotFound, $"get {name}: no such volume");

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

    /// <summary>The lock that keeps a volume from being removed; null where there is no volume.</summary>
    private static FileLock? TryReserve(string directory)
    {
        string record = System.IO.Path.Combine(directory, VolumeFiles.Record);
        FileLock? use = FileLock.TryAcquire(null, record, FileLockMode.Shared, out Errno errno);
        if (use is null && errno == Errno.EAGAIN)
        {
            use = WaitForRemoval(record);
        }

        return use is not null || errno is Errno.ENOENT or Errno.EAGAIN ? use : throw new SyscallException("openat2", errno, record);
    }

    /// <summary>The volume, held against removal; null where there is none.</summary>
    private static Volume? TryOpen(string name, string directory)
    {
        FileLock? use = TryReserve(directory);
        try
        {
            return use is null ? null : OpenHeld(name, directory, use);
        }
        catch
        {
            use?.Dispose();
            throw;
        }
    }

    private static void CheckOptions(string name, IReadOnlyDictionary<string, string>? options)
    {
        try
        {
            LocalVolumeDriver.Check(options ?? ReadOnlyDictionary<string, string>.Empty);
        }
        catch (EngineException exception)
        {
            throw new EngineException(exception.Kind, $"create {name}: {exception.Message}", exception, exception.Hint);
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

    private static Volume OpenHeld(string name, string directory, FileLock? use)
    {
        Fd opened = FileAt.Open(null, directory, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        FileLock? onlyUse = null;
        try
        {
            if (use is null || FileAt.TryStat(opened, VolumeFiles.Data, out _) != Errno.ENOENT)
            {
                VolumeFill.Recover(opened);
                return new Volume(opened, use);
            }

            // Only a volume with options has no directory of its own.
            byte[] record = FileContent.ReadAll(use.File, LargestRecord);
            IReadOnlyDictionary<string, string> options = Parse(name, directory, record).Options;
            if (options.Count == 0)
            {
                throw new EngineException(ErrorKind.CorruptContent, $"volume {name}: {directory} has no {VolumeFiles.Data}");
            }

            onlyUse = LocalVolumeDriver.IsMemory(options) ? TakeOnlyUse(name, opened) : null;
            return new Volume(opened, use, onlyUse, LocalVolumeDriver.Mount(options));
        }
        catch
        {
            onlyUse?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    private static FileLock TakeOnlyUse(string name, Fd directory) =>
        FileLock.TryAcquireOrCreate(directory, VolumeFiles.MountLock, FileLockMode.Exclusive, out Errno errno)
        ?? throw (errno == Errno.EAGAIN
            ? new EngineException(
                ErrorKind.Conflict,
                $"volume {name}: it is a tmpfs that another container uses, and cannot be shared",
                hint: "share a directory instead: -o type=none -o o=bind -o device=/dev/shm/DIRECTORY")
            : new SyscallException("flock", errno, VolumeFiles.MountLock));

    /// <summary>Makes a volume aside and puts it in its place; another process that was first wins.</summary>
    private void Make(
        string name,
        string directory,
        IReadOnlyDictionary<string, string>? labels,
        IReadOnlyDictionary<string, string>? options)
    {
        VolumeRecord record = new()
        {
            Name = name,
            CreatedAt = DateTimeOffset.UtcNow,
            Labels = labels ?? ReadOnlyDictionary<string, string>.Empty,
            Options = options ?? ReadOnlyDictionary<string, string>.Empty,
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
            if (record.Options.Count == 0)
            {
                MakeData(held.File);
            }

            AtomicFile.Write(
                System.IO.Path.Combine(staged, VolumeFiles.Record),
                VolumeRecordJson.Encode(record));
            Errno errno = FileAt.TryRename(null, staged, null, directory, RenameFlags.NoReplace);
            if (errno is not (Errno.None or Errno.EEXIST))
            {
                throw new SyscallException("renameat2", errno, directory);
            }

            using Fd volumes = FileAt.Open(null, layout.Volumes, OpenFlags.Read | OpenFlags.Directory);
            FileContent.Sync(volumes);
            if (errno == Errno.None)
            {
                VolumeEvents.Note(layout, name, "create");
            }
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
            VolumeRecord record = VolumeRecordJson.Decode(bytes);
            if (record.SchemaVersion == VolumeRecord.CurrentSchema)
            {
                string data = System.IO.Path.Combine(directory, VolumeFiles.Data);
                return new VolumeSummary(name, record.Driver, data, record.CreatedAt, record.Labels, record.Options);
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
