using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading.Tasks;
using FastRun.Engine.Errors;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The builds that clients of BuildKit's have asked for, or will in a moment: their calls come in any order.</summary>
internal sealed class BuildJobs
{
    /// <summary>How long a build is waited for that is not known yet, and one is known that is over.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, BuildJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>One by its name.</summary>
    internal BuildJob Of(string id) => _jobs.GetOrAdd(id, static name => new BuildJob(name));

    /// <summary>The image that an input of a build means: the result of another build that is under way.</summary>
    /// <param name="inputs">The inputs: builds by name.</param>
    /// <param name="key">The name.</param>
    /// <exception cref="EngineException">There is none.</exception>
    internal string ResultOf(IReadOnlyDictionary<string, string> inputs, string key) =>
        inputs.TryGetValue(key, out string? id) && _jobs.TryGetValue(id, out BuildJob? job)
            ? job.Result()
            : throw new EngineException(ErrorKind.Unsupported, $"the input {key} is not the result of a build of a Dockerfile that is under way");

    /// <summary>It is over: nobody asks for it any more in a while.</summary>
    internal void End(string id, BuildJob job)
    {
        job.Status.End();
        _ = Task.Delay(Patience).ContinueWith(_ => _jobs.TryRemove(new(id, job)), TaskScheduler.Default);
    }

    /// <summary>Nobody has told what it is: it is forgotten.</summary>
    internal void Forget(string id, BuildJob job) => _jobs.TryRemove(new(id, job));
}
