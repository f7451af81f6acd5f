using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Reports;

/// <summary>The start of a container that outlives its command line, and its trace.</summary>
public static class TracedStart
{
    /// <summary>Makes and starts it, and writes the trace, if one was asked for, when it runs or has failed.</summary>
    /// <param name="options">Where the trace goes, and who hears of a pull.</param>
    /// <param name="image">The image, as the user named it.</param>
    /// <param name="start">Makes and starts it with the options given, and tells the name of each phase that has ended.</param>
    /// <exception cref="EngineException">The trace cannot be written, or the start failed.</exception>
    public static T Run<T>(RunOptions options, string image, Func<RunOptions, Action<string>, T> start)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(start);
        RunTrace? trace = RunTrace.Begin(options.TraceFile, image);
        Timeline timeline = new(trace is not null);
        try
        {
            return start(options with { Trace = trace }, timeline.End);
        }
        catch (EngineException exception)
        {
            trace?.Failed(exception);
            timeline.End("failed");
            throw;
        }
        finally
        {
            foreach (string failure in trace?.Write(timeline) ?? [])
            {
                options.Diagnostics($"fastrun: {failure}\n");
            }
        }
    }
}
