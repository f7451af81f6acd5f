using System;
using System.Collections.Generic;
using FastRun.Engine.Launch.Mounts;

namespace FastRun.Engine.Build.Steps;

/// <summary>What the <c>--mount</c>s of a RUN have become.</summary>
internal sealed class OpenedMounts : IDisposable
{
    private readonly List<IDisposable> _held = [];

    /// <summary>What the launch mounts; its descriptors are the launch's once it is prepared.</summary>
    internal PreparedMounts Prepared { get; set; } = PreparedMounts.None;

    /// <summary>A directory with the targets that the image does not have; null for none.</summary>
    internal string? Stubs { get; set; }

    /// <summary>How many sockets of agents there are.</summary>
    internal int Agents { get; set; }

    /// <summary>Variables that the process gets, <c>NAME=value</c>.</summary>
    internal List<string> Variables { get; } = [];

    /// <summary>Keeps something until the step is over: locks, directories.</summary>
    internal T Hold<T>(T resource)
        where T : IDisposable
    {
        _held.Add(resource);
        return resource;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _held.Count - 1; i >= 0; i--)
        {
            _held[i].Dispose();
        }
    }
}
