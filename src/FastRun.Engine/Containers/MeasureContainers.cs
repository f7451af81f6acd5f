using System;
using System.Collections.Generic;
using System.Diagnostics;
using FastRun.Engine.Errors;
using FastRun.Engine.Host;
using FastRun.Engine.Networks;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Netlink;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Containers;

/// <summary>Measures what containers use, from their cgroups, again and again.</summary>
/// <param name="inDetail">Whether interfaces, kinds of memory and devices are told one by one, too.</param>
public sealed class MeasureContainers(bool inDetail = false) : IDisposable
{
    private const int PeriodMilliseconds = 1000;

    private readonly long _machineMemory = SystemInfo.TotalMemory();
    private Dictionary<string, Sample> _samples = new(StringComparer.Ordinal);

    /// <summary>Measures for a second. One that has just come has no share of the processors yet; one that does not run uses nothing.</summary>
    /// <param name="containers">The containers as they are now.</param>
    /// <exception cref="EngineException">A cgroup cannot be read.</exception>
    public IReadOnlyList<(Container Container, ContainerUsage Usage)> Measure(IReadOnlyList<Container> containers)
    {
        ArgumentNullException.ThrowIfNull(containers);
        return EngineErrors.Translated(() =>
        {
            Take(containers);
            using (PollSet pause = new())
            {
                pause.Wait(PeriodMilliseconds);
            }

            List<(Container, ContainerUsage)> usages = [];
            foreach (Container container in containers)
            {
                usages.Add((container, _samples.TryGetValue(container.Id, out Sample? sample) ? Usage(sample) : new ContainerUsage(0, 0, 0, 0, 0, 0, 0, 0)));
            }

            return usages;
        });
    }

    /// <summary>Looks once, at once: without a share of the processors. Null for one that does not run.</summary>
    /// <param name="container">The container as it is now.</param>
    /// <exception cref="EngineException">A cgroup cannot be read.</exception>
    public ContainerUsage? Look(Container container) => EngineErrors.Translated(() =>
    {
        Take([container]);
        return _samples.TryGetValue(container.Id, out Sample? sample) ? Usage(sample) with { CpuPercent = null } : null;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Sample sample in _samples.Values)
        {
            sample.Dispose();
        }
    }

    /// <summary>Opens what is new, and lets go of what has ended or was started again.</summary>
    private void Take(IReadOnlyList<Container> containers)
    {
        Dictionary<string, Sample> samples = new(StringComparer.Ordinal);
        foreach (Container container in containers)
        {
            if (_samples.TryGetValue(container.Id, out Sample? known)
                && known.Running.Container.State.Process == container.State.Process)
            {
                samples[container.Id] = known;
                _samples.Remove(container.Id);
            }
            else if (RunningContainer.TryOpen(container) is { } running)
            {
                samples[container.Id] = Sample.Open(running);
            }
        }

        Dispose();
        _samples = samples;
    }

    private ContainerUsage Usage(Sample sample)
    {
        CgroupStatistics now = sample.Running.Cgroup.ReadStatistics();
        double microseconds = Stopwatch.GetElapsedTime(sample.At).TotalMicroseconds;
        double? share = now.CpuMicroseconds is { } end && sample.Last.CpuMicroseconds is { } begin
            ? Math.Max(end - begin, 0) * 100.0 / microseconds
            : null;
        (sample.Last, sample.At) = (now, Stopwatch.GetTimestamp());
        (long received, long sent) = sample.Traffic.Read();
        IReadOnlyList<LinkInfo> interfaces = inDetail ? sample.Traffic.ReadEach() : [];
        return new ContainerUsage(
            share,
            now.MemoryBytes,
            sample.Running.Container.Record.Request.Limits.MemoryBytes ?? _machineMemory,
            now.Pids,
            now.IoReadBytes,
            now.IoWriteBytes,
            received,
            sent) { CpuNanoseconds = now.CpuMicroseconds * 1000, Cgroup = now, Interfaces = interfaces, Details = inDetail ? sample.Running.Cgroup.ReadDetails() : new CgroupDetails() };
    }

    private sealed class Sample : IDisposable
    {
        private Sample(RunningContainer running, NetworkTraffic traffic)
        {
            Running = running;
            Traffic = traffic;
            Last = running.Cgroup.ReadStatistics();
            At = Stopwatch.GetTimestamp();
        }

        internal RunningContainer Running { get; }

        internal NetworkTraffic Traffic { get; }

        internal CgroupStatistics Last { get; set; }

        internal long At { get; set; }

        /// <summary>Takes over what holds the container, also where it fails.</summary>
        internal static Sample Open(RunningContainer running)
        {
            NetworkTraffic? traffic = null;
            try
            {
                traffic = NetworkTraffic.Open(running);
                return new Sample(running, traffic);
            }
            catch (SyscallException)
            {
                traffic?.Dispose();
                running.Dispose();
                throw;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Traffic.Dispose();
            Running.Dispose();
        }
    }
}
