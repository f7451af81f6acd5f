using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Engine.State;

/// <summary>
/// What one run holds and must give back: descriptors to close, directories and cgroups to remove. It goes in the reverse
/// order of coming, and every step is tried, whatever happened to those before.
/// </summary>
internal sealed class RunResources
{
    private readonly List<(string? What, Action Release)> _releases = [];
    private readonly List<IDisposable> _last = [];

    /// <summary>Takes ownership of something to dispose.</summary>
    internal T Own<T>(T resource)
        where T : IDisposable
    {
        _releases.Add((null, resource.Dispose));
        return resource;
    }

    /// <summary>Adds a step that can fail.</summary>
    /// <param name="what">What the step removes, for the message when it fails.</param>
    /// <param name="remove">The step.</param>
    internal void RemoveLater(string what, Action remove) => _releases.Add((what, remove));

    /// <summary>
    /// Takes ownership of something that is disposed of behind everything else: for whose end the kernel would have the caller wait,
    /// unless it comes a moment later.
    /// </summary>
    internal void OwnToTheLast(IDisposable resource) => _last.Add(resource);

    /// <summary>Gives everything back; returns a line for each step that failed.</summary>
    internal List<string> Release()
    {
        List<string> failures = [];
        for (int i = _releases.Count - 1; i >= 0; i--)
        {
            (string? what, Action release) = _releases[i];
            try
            {
                release();
            }
            catch (Exception exception) when (exception is SyscallException or EngineException or AggregateException)
            {
                failures.Add($"{what}: cannot be removed: {Reason(exception)}");
            }
        }

        _releases.Clear();
        _last.ForEach(static resource => resource.Dispose());
        _last.Clear();
        return failures;
    }

    private static string Reason(Exception exception) =>
        exception is AggregateException all
            ? string.Join("; ", all.InnerExceptions.Select(inner => inner.Message))
            : exception.Message;
}
