using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Logs;

namespace FastRun.Engine.Containers.Requests;

/// <summary>
/// The checks of a request that need neither the image nor the kernel, made once for every front door, in the words of
/// Docker's daemon. What only the image (user names) or the kernel (capabilities, controllers) can tell is checked where it
/// is known.
/// </summary>
public static partial class RequestValidation
{
    /// <summary>Checks a request.</summary>
    /// <exception cref="EngineException">Its first value that cannot be.</exception>
    public static void Check(ContainerCreateRequest request)
    {
        if (request.Image.Length == 0)
        {
            throw EngineException.Invalid("invalid reference format: the image's name is empty");
        }

        CheckIdentity(request);
        CheckProcess(request);
        CheckLifecycle(request);
        CheckLimits(request.Limits, Environment.ProcessorCount);
        if (request.OomScoreAdjustment is < -1000 or > 1000)
        {
            throw EngineException.Invalid(
                $"Invalid value {request.OomScoreAdjustment}, range for oom score adj is [-1000, 1000]");
        }

        CheckMounts(request);
        CheckNetwork(request);
        CheckSysctls(request);
        CheckNamespaces(request);
        CheckSecurityOptions(request.SecurityOpt);
    }

    private static void CheckIdentity(ContainerCreateRequest request)
    {
        if (request.Name is { } name && !Names.IsValid(name))
        {
            throw EngineException.Invalid(
                $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        if (request.Hostname is { } hostname && !IsHostname(hostname))
        {
            throw EngineException.Invalid($"invalid hostname format: {hostname}");
        }

        foreach (string key in request.Labels.Keys)
        {
            if (key.Length == 0 || ContainsControl(key))
            {
                throw EngineException.Invalid($"invalid label '{key}': empty name");
            }
        }

        if (request.CgroupParent is { } parent && (parent.Length == 0 || HasDotDot(parent) || parent.Contains('\0', StringComparison.Ordinal)))
        {
            throw EngineException.Invalid($"invalid cgroup parent: '{parent}'");
        }
    }

    /// <summary>Checks what a process is asked to be; the same for a container and for one more process in it.</summary>
    /// <param name="env">Its variables.</param>
    /// <param name="workingDir">Its directory; null for the default.</param>
    /// <param name="user">Its user; null for the default.</param>
    /// <exception cref="EngineException">The first value that cannot be.</exception>
    internal static void CheckProcess(IReadOnlyList<string> env, string? workingDir, string? user)
    {
        foreach (string variable in env)
        {
            if (variable.Length == 0 || variable[0] == '=' || variable.Contains('\0', StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"invalid environment variable: {variable}");
            }
        }

        if (workingDir is not null && (!workingDir.StartsWith('/') || workingDir.Contains('\0', StringComparison.Ordinal)))
        {
            throw EngineException.Invalid(
                $"the working directory '{workingDir}' is invalid, it needs to be an absolute path");
        }

        if (user is not null)
        {
            CheckUser(user);
        }
    }

    private static void CheckProcess(ContainerCreateRequest request)
    {
        CheckProcess(request.Env, request.WorkingDir, request.User);
        if (request.StopSignal is { } signal)
        {
            SignalSyntax.Parse(signal);
        }

        if (request.Timeout is { } timeout && timeout <= TimeSpan.Zero)
        {
            throw EngineException.Invalid("the timeout must be longer than nothing");
        }

        foreach (Ulimit ulimit in request.Ulimits)
        {
            bool ordered = ulimit.Hard == -1 || (ulimit.Soft >= 0 && ulimit.Soft <= ulimit.Hard);
            if (!UlimitSyntax.IsKnown(ulimit.Name) || ulimit.Soft < -1 || ulimit.Hard < -1 || !ordered)
            {
                throw EngineException.Invalid($"invalid ulimit: {ulimit.Name}={ulimit.Soft}:{ulimit.Hard}");
            }
        }
    }

    private static void CheckLifecycle(ContainerCreateRequest request)
    {
        if (request.AutoRemove && request.RestartPolicy is { Name: not RestartPolicyName.No })
        {
            throw EngineException.Invalid("can't create 'AutoRemove' container with restart policy");
        }

        LogOptions.Parse(request.Log);
        CheckHealth(request.Healthcheck);
    }

    private static void CheckHealth(HealthCheck? check)
    {
        foreach ((string name, TimeSpan? time) in new[]
        {
            ("Interval", check?.Interval), ("Timeout", check?.Timeout), ("StartPeriod", check?.StartPeriod), ("StartInterval", check?.StartInterval),
        })
        {
            if (time < TimeSpan.FromMilliseconds(1))
            {
                throw EngineException.Invalid($"{name} in Healthcheck cannot be less than 1ms");
            }
        }

        if (check?.Retries < 0)
        {
            throw EngineException.Invalid("Retries in Healthcheck cannot be negative");
        }

        if (check?.Test is [not ("NONE" or "CMD" or "CMD-SHELL"), ..])
        {
            throw EngineException.Invalid($"Unknown healthcheck type '{check.Test[0]}' (expected 'CMD')");
        }
    }

    /// <summary><c>user[:group]</c>; what looks like a number must be one that a user can have.</summary>
    private static void CheckUser(string user)
    {
        string[] parts = user.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0 || (parts.Length == 2 && parts[1].Length == 0) || ContainsControl(user))
        {
            throw EngineException.Invalid($"invalid user: '{user}': it must be user[:group]");
        }

        foreach (string part in parts)
        {
            bool numeric = !part.AsSpan(part[0] is '-' or '+' ? 1 : 0).ContainsAnyExceptInRange('0', '9');
            if (numeric && !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw EngineException.Invalid($"invalid user: '{user}': uids and gids must be in range 0-2147483647");
            }
        }
    }

    /// <summary>RFC 1123 with underscores, at most the 64 bytes that the kernel keeps.</summary>
    private static bool IsHostname(string text) => text.Length is > 0 and <= 64 && IsDomain(text);

    internal static bool IsDomain(string text)
    {
        ReadOnlySpan<char> rest = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text;
        if (rest.Length is 0 or > 253)
        {
            return false;
        }

        foreach (Range range in rest.Split('.'))
        {
            ReadOnlySpan<char> label = rest[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool ContainsControl(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasDotDot(string path) => Array.IndexOf(path.Split('/'), "..") >= 0;
}
