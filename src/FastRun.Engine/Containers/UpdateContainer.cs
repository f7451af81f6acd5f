using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers;

/// <summary>Changes a container's limits, at once where it runs, and its restart policy.</summary>
public sealed class UpdateContainer(StateLayout layout)
{
    /// <summary>Changes it.</summary>
    /// <exception cref="EngineException">A value is wrong, or cannot be given to the container as it runs; nothing is changed then.</exception>
    public void Update(Container container, ContainerUpdate update) => EngineErrors.Translated(() =>
    {
        ContainerRecord changed = new ContainerStore(layout).Change(container.Id, record =>
        {
            ContainerRecord next = Merge(record, update);
            RequestValidation.CheckLimits(next.Request.Limits, Environment.ProcessorCount);
            Apply(container, next.Request, update.Limits);
            return next;
        });
        ContainerEvents.Note(layout, changed, "update");
        return 0;
    });

    private static ContainerRecord Merge(ContainerRecord record, ContainerUpdate update)
    {
        ContainerCreateRequest request = record.Request;
        if (update.RestartPolicy is { Name: not RestartPolicyName.No } && request.AutoRemove)
        {
            throw new EngineException(
                ErrorKind.Conflict, "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }

        CgroupLimits now = request.Limits;
        CgroupLimits wanted = update.Limits;
        return record with
        {
            Request = request with
            {
                RestartPolicy = update.RestartPolicy ?? request.RestartPolicy,
                Limits = now with
                {
                    MemoryBytes = wanted.MemoryBytes ?? now.MemoryBytes,
                    MemorySwapBytes = wanted.MemorySwapBytes ?? now.MemorySwapBytes,
                    MemoryReservationBytes = wanted.MemoryReservationBytes ?? now.MemoryReservationBytes,
                    NanoCpus = wanted.NanoCpus ?? now.NanoCpus,
                    CpuPeriodMicroseconds = wanted.CpuPeriodMicroseconds ?? now.CpuPeriodMicroseconds,
                    CpuQuotaMicroseconds = wanted.CpuQuotaMicroseconds ?? now.CpuQuotaMicroseconds,
                    CpuShares = wanted.CpuShares ?? now.CpuShares,
                    CpusetCpus = wanted.CpusetCpus ?? now.CpusetCpus,
                    CpusetMems = wanted.CpusetMems ?? now.CpusetMems,
                    Pids = wanted.Pids ?? now.Pids,
                    BlkioWeight = wanted.BlkioWeight ?? now.BlkioWeight,
                },
            },
        };
    }

    private static void Apply(Container container, ContainerCreateRequest request, CgroupLimits changes)
    {
        using RunningContainer? running = changes.Any ? RunningContainer.TryOpen(container) : null;
        if (running is null)
        {
            return;
        }

        try
        {
            running.Cgroup.Update(running.Hierarchy, changes, request.Limits);
        }
        catch (CgroupUnsupportedException exception)
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"Cannot update container {container.Name}: {exception.Message}",
                exception,
                exception.Hint ?? "stop it first: the limit then holds from its next start");
        }
        catch (SyscallException exception) when (exception.Errno is Errno.EBUSY or Errno.EINVAL)
        {
            throw new EngineException(
                ErrorKind.Conflict, $"Cannot update container {container.Name}: {exception.Message}", exception);
        }
    }
}
