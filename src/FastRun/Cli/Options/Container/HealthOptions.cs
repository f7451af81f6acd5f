using System;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about how it is found out whether a container does its work.</summary>
internal sealed class HealthOptions
{
    private HealthCheck _check = new();
    private bool _none;

    internal Option[] Build() =>
    [
        new("health-cmd", '\0', "string", "Command line, for the image's shell, that succeeds while the container does its work", value => _check = _check with { Test = value.Length == 0 ? null : ["CMD-SHELL", value] }),
        new("health-interval", '\0', "duration", "Time between two of its runs (default 30s)", value => _check = _check with { Interval = Duration("interval", value) }),
        new("health-timeout", '\0', "duration", "Time that one run may take (default 30s)", value => _check = _check with { Timeout = Duration("timeout", value) }),
        new("health-retries", '\0', "int", "Failures in a row until the container is unhealthy (default 3)", value => _check = _check with { Retries = Count(value) }),
        new("health-start-period", '\0', "duration", "Time after the start in which failures do not count", value => _check = _check with { StartPeriod = Duration("start-period", value) }),
        new("health-start-interval", '\0', "duration", "Time between two runs until the first success (default 1s)", value => _check = _check with { StartInterval = Duration("start-interval", value) }),
        Option.Switch("no-healthcheck", '\0', "Run no health check, not even the image's", value => _none = value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        bool given = _check != new HealthCheck();
        return _none && given
            ? throw EngineException.Invalid("--no-healthcheck conflicts with --health-* options")
            : request with { Healthcheck = _none ? new HealthCheck { Test = ["NONE"] } : given ? _check : null };
    }

    private static TimeSpan? Duration(string flag, string value)
    {
        TimeSpan time = GoDuration.Parse(value);
        return time < TimeSpan.Zero ? throw EngineException.Invalid($"--health-{flag} cannot be negative") : time == TimeSpan.Zero ? null : time;
    }

    private static int? Count(string value)
    {
        long count = Values.Integer(value);
        return count < 0 ? throw EngineException.Invalid("--health-retries cannot be negative") : count == 0 ? null : (int)Math.Min(count, int.MaxValue);
    }
}
