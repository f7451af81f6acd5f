using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.DockerApi.Exec;

/// <summary>
/// The processes that clients have asked for, by id: between the request and the start nobody else knows of them, and after their
/// end clients ask how they did. Those that were never started, or have ended, are forgotten after five minutes, as in Docker; of
/// many that have ended, those that ended first before that.
/// </summary>
internal sealed class ExecInstances
{
    private const int Most = 10_000;
    private const int MostEnded = 1000;
    private const long MostCharacters = 64 << 20;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ExecInstance> _instances = new(StringComparer.Ordinal);
    private readonly TimeSpan _kept;
    private DateTimeOffset _next;
    private long _characters;
    private bool _isForgetting;

    internal ExecInstances()
        : this(TimeSpan.FromMinutes(5))
    {
    }

    /// <param name="kept">How long those are kept that nothing more comes of.</param>
    internal ExecInstances(TimeSpan kept) => _kept = kept;

    /// <exception cref="ApiException">There are too many.</exception>
    internal void Add(ExecInstance instance)
    {
        lock (_gate)
        {
            if (DateTimeOffset.UtcNow is var now && (now >= _next || IsFull(instance)))
            {
                _next = now + s_period;
                Forget(now - _kept);
            }

            if (IsFull(instance))
            {
                throw new ApiException(503, "too many exec instances that have not ended");
            }

            _instances.Add(instance.Id, instance);
            _characters += instance.Characters;
            if (!_isForgetting)
            {
                _isForgetting = true;
                _ = ForgetByAndByAsync();
            }
        }
    }

    /// <exception cref="ApiException">There is none.</exception>
    internal ExecInstance Find(string id)
    {
        lock (_gate)
        {
            return _instances.TryGetValue(id, out ExecInstance? found) ? found : throw new ApiException(404, $"No such exec instance: {id}");
        }
    }

    /// <summary>A daemon that nobody asks for processes any more keeps nothing of those that were asked for, nor the memory that they took.</summary>
    private async Task ForgetByAndByAsync()
    {
        bool isEmpty;
        do
        {
            await Task.Delay(_kept);
            lock (_gate)
            {
                Forget(DateTimeOffset.UtcNow - _kept);
                isEmpty = _instances.Count == 0;
                _isForgetting = !isEmpty;
            }
        }
        while (!isEmpty);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private bool IsFull(ExecInstance another) => _instances.Count >= Most || _characters + another.Characters > MostCharacters;

    private void Forget(DateTimeOffset old)
    {
        List<ExecInstance> ended = [.. _instances.Values.Where(static each => each.ExitCode is not null).OrderByDescending(static each => each.Since)];
        IEnumerable<ExecInstance> abandoned = _instances.Values.Where(each => !each.IsStarted && each.Since < old);
        foreach (ExecInstance instance in (ExecInstance[])[.. ended.Where((each, place) => place >= MostEnded || each.Since < old), .. abandoned])
        {
            _instances.Remove(instance.Id);
            _characters -= instance.Characters;
        }
    }
}
