using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Logs;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about how long a container lives and what is kept of it.</summary>
internal sealed class LifecycleOptions
{
    private readonly Dictionary<string, string> _logOptions = new(StringComparer.Ordinal);
    private string? _logDriver;
    private RestartPolicy? _restart;
    private int? _stopTimeout;
    private bool _remove;

    internal Option[] Build() =>
    [
        Option.Switch("rm", '\0', "Remove the container and its anonymous volumes when it ends", value => _remove = value),
        new("restart", '\0', "string", "When it is started again: no, on-failure[:max-retries], always, unless-stopped", value => _restart = ParseRestart(value)),
        new("stop-timeout", '\0', "int", "Seconds that it may take to end after its stop signal", value => _stopTimeout = (int)Math.Clamp(Values.Integer(value), -1, int.MaxValue)),
        new("log-driver", '\0', "string", "How its output is kept: json-file, local or none", value => _logDriver = value),
        new("log-opt", '\0', "key=value", "An option of the log driver: max-size, max-file, mode, max-buffer-size; json-file also labels, env, tag", AddLogOption),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        AutoRemove = _remove,
        RestartPolicy = _restart,
        StopTimeoutSeconds = _stopTimeout,
        Log = _logDriver is null && _logOptions.Count == 0
            ? null
            : new LogConfiguration(_logDriver ?? LogConfiguration.DefaultDriver, _logOptions),
    };

    private void AddLogOption(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        _logOptions[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
    }

    /// <summary>Docker's words for restart policies.</summary>
    /// <exception cref="EngineException">It is none of them.</exception>
    internal static RestartPolicy ParseRestart(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        RestartPolicyName policy = name switch
        {
            "" or "no" => RestartPolicyName.No,
            "always" => RestartPolicyName.Always,
            "unless-stopped" => RestartPolicyName.UnlessStopped,
            "on-failure" => RestartPolicyName.OnFailure,
            _ => throw EngineException.Invalid(
                $"invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"),
        };
        if (colon < 0)
        {
            return new RestartPolicy(policy);
        }

        return policy == RestartPolicyName.OnFailure
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new RestartPolicy(policy, count)
            : throw EngineException.Invalid(
                policy == RestartPolicyName.OnFailure
                    ? "invalid restart policy format: maximum retry count must be an integer"
                    : $"invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }
}
