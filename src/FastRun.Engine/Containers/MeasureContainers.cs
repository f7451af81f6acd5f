using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Containers;

/// <summary>Measures what running containers use, from their cgroups.</summary>
public static class MeasureContainers
{
    private const int PeriodMilliseconds = 1000;

    /// <summary>Measures for a second. A container that ended meanwhile is left out.</summary>
    /// <exception cref="EngineException">A cgroup cannot be read.</exception>
    public static IReadOnlyList<(Container Container, ContainerUsage Usage)> Run(IReadOnlyList<Container> containers) => EngineErrors.Translated(() =>
    {
        List<(RunningContainer Running, CgroupStatistics First, long At)> samples = [];
        try
        {
            foreach (Container container in containers)
            {
                if (RunningContainer.TryOpen(container) is { } running)
                {
                    samples.Add((running, running.Cgroup.ReadStatistics(), Stopwatch.GetTimestamp()));
                }
            }

            using (PollSet pause = new())
            {
                pause.Wait(samples.Count == 0 ? 0 : PeriodMilliseconds);
            }

            return samples.ConvertAll(sample => (sample.Running.Container, Usage(sample.Running, sample.First, sample.At)));
        }
        finally
        {
            samples.ForEach(static sample => sample.Running.Dispose());
        }
    });

    private static ContainerUsage Usage(RunningContainer running, CgroupStatistics first, long at)
    {
        CgroupStatistics now = running.Cgroup.ReadStatistics();
        double microseconds = Stopwatch.GetElapsedTime(at).TotalMicroseconds;
        return new ContainerUsage(
            now.CpuMicroseconds is { } end && first.CpuMicroseconds is { } begin ? (end - begin) * 100.0 / microseconds : null,
            now.MemoryBytes,
            running.Container.Record.Request.Limits.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            now.Pids,
            now.IoReadBytes,
            now.IoWriteBytes);
    }
}
