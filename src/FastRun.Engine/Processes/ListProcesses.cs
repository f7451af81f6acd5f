using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Native.Launch;

namespace FastRun.Engine.Processes;

/// <summary>
/// The processes of a container, from its cgroup and the host's /proc. No ps is run, neither the host's nor the image's.
/// </summary>
public static class ListProcesses
{
    /// <summary>Lists them.</summary>
    /// <param name="container">The container.</param>
    /// <param name="options">Options of ps(1); none for <c>-ef</c>.</param>
    /// <exception cref="EngineException">It does not run, or an option is not known.</exception>
    public static ProcessTable Run(Container container, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(options);
        return EngineErrors.Translated(() =>
        {
            List<ProcessColumn> columns = ProcessSelection.Columns(options);
            using RunningContainer running = RunningContainer.TryOpen(container) ?? throw NotRunning(container);
            ProcessColumnContext context = new();
            List<IReadOnlyList<string>> rows = [];
            foreach (int pid in running.Cgroup.ProcessIds())
            {
                if (ProcessStatus.TryRead(pid) is { } process)
                {
                    rows.Add(columns.ConvertAll(column => column.Value(process, context)));
                }
            }

            return new ProcessTable(columns.ConvertAll(static column => column.Title), rows);
        });
    }

    private static EngineException NotRunning(Container container) => new(
        ErrorKind.Conflict,
        container.State.Status == ContainerStatus.Restarting
            ? $"Container {container.Id} is restarting, wait until the container is running"
            : $"container {container.Id} is not running");
}
