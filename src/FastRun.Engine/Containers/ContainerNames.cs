using System;
using System.IO;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers;

/// <summary>
/// The names of containers: symbolic links from name to id. Making one is exclusive, so a name is claimed without a lock that
/// unrelated containers would share.
/// </summary>
internal sealed class ContainerNames(StateLayout layout)
{
    private const int OwnerOnly = 0b_111_000_000;
    private const int MostRounds = 100;

    /// <summary>The id that a name leads to; null where there is no such name.</summary>
    internal string? TryRead(string name) =>
        FileAt.TryReadLink(null, Link(name), out byte[] target) == Errno.None
        && Encoding.UTF8.GetString(target) is var id && Sandbox.IsId(id) ? id : null;

    /// <summary>A name that leads to an id, for a container that cannot tell its own; null where there is none.</summary>
    internal string? NameOf(string id)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.ContainerNames))
        {
            if (Names.IsValid(entry.Text) && TryRead(entry.Text) == id)
            {
                return entry.Text;
            }
        }

        return null;
    }

    /// <summary>Gives a name to a container whose lock the caller holds.</summary>
    /// <exception cref="EngineException">Another container has it.</exception>
    internal void Claim(string name, string id)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            Errno errno = FileAt.TryMakeSymbolicLink(id, null, Link(name));
            switch (errno)
            {
                case Errno.None:
                    return;
                case Errno.ENOENT:
                    FileAt.MakeDirectories(null, layout.ContainerNames, OwnerOnly);
                    break;
                case Errno.EEXIST:
                    RequireAbandoned(name);
                    break;
                default:
                    throw new SyscallException("symlinkat", errno, Link(name));
            }
        }

        throw new EngineException(ErrorKind.Conflict, $"The container name \"/{name}\" is being changed by others");
    }

    /// <summary>Takes a name from a container, unless another has it by now.</summary>
    internal void Release(string name, string id)
    {
        if (TryRead(name) == id)
        {
            RemoveLink(name, id);
        }
    }

    /// <summary>Removes the names of containers that are gone, which killed commands left. A name is only made for a container that is there.</summary>
    internal void Sweep()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.ContainerNames))
        {
            if (TryRead(entry.Text) is { } id && IsGone(id))
            {
                RemoveLink(entry.Text, id);
            }
        }
    }

    /// <summary>A name whose container is gone, or was left by a killed command, is free: what is left goes.</summary>
    private void RequireAbandoned(string name)
    {
        string? id = TryRead(name);
        if (id is null)
        {
            return;
        }

        if (!IsGone(id) && !IsStale(name, id) && !(ContainerLock.TryReclaim(layout, id) && IsGone(id)))
        {
            throw new EngineException(
                ErrorKind.Conflict,
                $"Conflict. The container name \"/{name}\" is already in use by container \"{id}\". "
                + "You have to remove (or rename) that container to be able to reuse that name.");
        }

        RemoveLink(name, id);
    }

    private bool IsGone(string id) => FileAt.TryStat(null, layout.Container(id), out _) == Errno.ENOENT;

    /// <summary>
    /// Whether the container has another name: a rename was killed before or after it changed the record. One that goes on holds
    /// the record's lock. Not waited for, as two renames could wait for each other.
    /// </summary>
    private bool IsStale(string name, string id)
    {
        string record = Path.Combine(layout.Container(id), "config.json");
        using FileLock? held = FileLock.TryAcquireTarget(null, record, FileLockMode.Exclusive, out _, out _);
        try
        {
            return held is not null && new ContainerStore(layout).TryRead(id) is { } container && container.Name != name;
        }
        catch (EngineException exception) when (exception.Kind is ErrorKind.CorruptContent or ErrorKind.Unsupported)
        {
            return false;
        }
    }

    /// <summary>Removes the link only if it still leads where it did: it is taken aside first, and looked at there.</summary>
    private void RemoveLink(string name, string id)
    {
        string aside = Path.Combine(layout.ContainerNames, AtomicFile.TemporaryPrefix + Guid.NewGuid().ToString("N"));
        if (FileAt.TryRename(null, Link(name), null, aside) != Errno.None)
        {
            return;
        }

        if (FileAt.TryReadLink(null, aside, out byte[] target) == Errno.None && Encoding.UTF8.GetString(target) != id)
        {
            FileAt.TryRename(null, aside, null, Link(name), RenameFlags.NoReplace);
        }

        FileAt.TryUnlink(null, aside);
    }

    private string Link(string name) => Path.Combine(layout.ContainerNames, name);
}
