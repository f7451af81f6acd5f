using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The builds that clients of BuildKit's have asked for, or will in a moment: their calls come in any order.</summary>
internal sealed class BuildJobs
{
    /// <summary>How long a build is waited for that is not known yet, and one is known that is over.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, BuildJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>One by its name.</summary>
    internal BuildJob Of(string id) => _jobs.GetOrAdd(id, static name => new BuildJob(name));

    /// <summary>It is over: nobody asks for it any more in a while.</summary>
    internal void End(string id, BuildJob job)
    {
        job.Status.End();
        _ = Task.Delay(Patience).ContinueWith(_ => _jobs.TryRemove(new(id, job)), TaskScheduler.Default);
    }

    /// <summary>Nobody has told what it is: it is forgotten.</summary>
    internal void Forget(string id, BuildJob job) => _jobs.TryRemove(new(id, job));
}
