using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers.Images;

namespace FastRun.Engine.Launch;

/// <summary>The environment of a container: Docker's defaults, the links', the image's, then the request's; later ones win.</summary>
internal static class ContainerEnvironment
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const string Terminal = "TERM=xterm";

    // What the machine's own root needs to be found with; everything else of the caller stays with the caller.
    private static readonly string[] s_takenForHost = ["PATH", "LANG", "LC_ALL", "TZ"];

    /// <summary>Builds the environment.</summary>
    /// <param name="request">The request; a name without a value takes the caller's, and goes away where the caller has none.</param>
    /// <param name="image">The image, or null for the machine's own root.</param>
    /// <param name="hostName">The host name.</param>
    /// <param name="home">The user's home directory, which an explicit HOME overrides.</param>
    /// <param name="links">The variables of its links.</param>
    internal static List<string> Of(
        ContainerCreateRequest request, LaunchRecord? image, string hostName, string home, IReadOnlyList<string> links)
    {
        List<string> environment = Configured(request, image, hostName, request.Tty, links);
        SetHome(environment, home);
        return environment;
    }

    /// <summary>What a process that joins a container has: the container's, then its own; later ones win.</summary>
    /// <param name="configured">The container's, as <see cref="Configured"/> gave it.</param>
    /// <param name="variables">Its own; a name without a value takes that variable away.</param>
    /// <param name="tty">Whether it has a terminal.</param>
    /// <param name="home">Its user's home directory.</param>
    internal static List<string> OfJoining(
        IReadOnlyList<string> configured, IReadOnlyList<string> variables, bool tty, string home)
    {
        List<string> environment = [.. configured];
        if (tty && Value(environment, "TERM").Length == 0)
        {
            Set(environment, Terminal);
        }

        foreach (string variable in variables)
        {
            if (variable.Contains('=', StringComparison.Ordinal))
            {
                Set(environment, variable);
            }
            else
            {
                Remove(environment, variable);
            }
        }

        SetHome(environment, home);
        return environment;
    }

    /// <summary>The environment without what depends on the user.</summary>
    internal static List<string> Configured(
        ContainerCreateRequest request, LaunchRecord? image, string hostName, bool tty, IReadOnlyList<string> links)
    {
        List<string> environment = [DefaultPath, "HOSTNAME=" + hostName];
        if (tty)
        {
            environment.Add(Terminal);
        }

        environment.AddRange(links);

        if (ImageRoot.IsHosts(image))
        {
            foreach (string name in s_takenForHost)
            {
                SetFromCaller(environment, name);
            }
        }

        foreach (string variable in image?.Env ?? [])
        {
            if (variable.Contains('=', StringComparison.Ordinal))
            {
                Set(environment, variable);
            }
            else
            {
                Remove(environment, variable);
            }
        }

        foreach (string variable in request.Env)
        {
            if (variable.Contains('=', StringComparison.Ordinal))
            {
                Set(environment, variable);
            }
            else if (!SetFromCaller(environment, variable))
            {
                Remove(environment, variable);
            }
        }

        return environment;
    }

    /// <summary>The value of a variable; empty when it is not set.</summary>
    internal static string Value(IReadOnlyList<string> environment, string name)
    {
        foreach (string variable in environment)
        {
            if (IsNamed(variable, name))
            {
                return variable[(name.Length + 1)..];
            }
        }

        return "";
    }

    private static void SetHome(List<string> environment, string home)
    {
        if (Value(environment, "HOME").Length == 0)
        {
            Set(environment, "HOME=" + home);
        }
    }

    private static bool SetFromCaller(List<string> environment, string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        if (value is not null)
        {
            Set(environment, name + "=" + value);
        }

        return value is not null;
    }

    private static void Set(List<string> environment, string variable)
    {
        int equals = variable.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? variable : variable[..equals];
        for (int i = 0; i < environment.Count; i++)
        {
            if (IsNamed(environment[i], name))
            {
                environment[i] = variable;
                return;
            }
        }

        environment.Add(variable);
    }

    private static void Remove(List<string> environment, string name) =>
        environment.RemoveAll(variable => IsNamed(variable, name));

    private static bool IsNamed(string variable, string name) =>
        variable.Length > name.Length && variable[name.Length] == '='
        && variable.StartsWith(name, StringComparison.Ordinal);
}
