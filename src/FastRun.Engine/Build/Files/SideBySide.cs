using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace FastRun.Engine.Build.Files;

/// <summary>Work at parts of a tree on all processors, whose failure is the first one's.</summary>
internal static class SideBySide
{
    internal static void Run<T>(List<T> parts, Action<T> work)
    {
        if (parts.Count == 1)
        {
            work(parts[0]);
            return;
        }

        try
        {
            Parallel.ForEach(parts, work);
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
