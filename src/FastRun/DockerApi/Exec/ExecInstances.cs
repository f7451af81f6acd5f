using System;
using System.Collections.Concurrent;

namespace FastRun.DockerApi.Exec;

/// <summary>
/// The processes that clients have asked for, by id: between the request and the start nobody else knows of them, and after their
/// end clients ask how they did. Those that were never started, or have ended, are forgotten after five minutes, as in Docker.
/// </summary>
internal sealed class ExecInstances
{
    private const int Many = 1000;

    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, ExecInstance> _instances = new(StringComparer.Ordinal);

    /// <exception cref="ApiException">There are too many that were never started.</exception>
    internal void Add(ExecInstance instance)
    {
        DateTimeOffset old = DateTimeOffset.UtcNow - s_kept;
        foreach ((string id, ExecInstance known) in _instances)
        {
            if (!known.IsRunning && (known.Since < old || (_instances.Count > Many && known.ExitCode is not null)))
            {
                _instances.TryRemove(id, out _);
            }
        }

        if (_instances.Count > 10 * Many)
        {
            throw new ApiException(503, "too many exec instances that were never started");
        }

        _instances[instance.Id] = instance;
    }

    /// <exception cref="ApiException">There is none.</exception>
    internal ExecInstance Find(string id) =>
        _instances.TryGetValue(id, out ExecInstance? found) ? found : throw new ApiException(404, $"No such exec instance: {id}");
}
