using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>The steps of a build. Stages add to it at once.</summary>
internal sealed class BuiltSteps
{
    private readonly Lock _gate = new();
    private readonly List<BuiltStep> _steps = [];

    internal void Add(BuiltStep step)
    {
        lock (_gate)
        {
            _steps.Add(step);
        }
    }

    /// <summary>All, or only those of the image, by the order of their keys, each once.</summary>
    internal IReadOnlyList<BuiltStep> All(bool ofAllStages)
    {
        lock (_gate)
        {
            return [.. _steps.Where(step => ofAllStages || step.IsInImage)
                .DistinctBy(static step => step.Step.Key)
                .OrderBy(static step => step.Step.Key, StringComparer.Ordinal)];
        }
    }
}
