using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Context;

/// <summary>With whose keys git goes to servers: those of who asks for the build, be it this process's user or a client of the daemon.</summary>
/// <param name="isClients">Whether a client asks, who has nothing of this process's user: neither keys nor passwords of <c>.netrc</c>.</param>
/// <param name="agent">Where the asker's agent listens, made when it is first needed; null for none.</param>
internal sealed class GitAccess(bool isClients, Func<string?> agent)
{
    // ssh(1) and ssh_config(5): it finds the user's files by the user's id, whatever HOME says. Like BuildKit, a client's build trusts
    // the key that a server shows, unless this machine's ssh_known_hosts has another one.
    private const string NothingOfTheUsers =
        " -F /dev/null -oIdentityFile=none -oUserKnownHostsFile=/dev/null -oStrictHostKeyChecking=accept-new -oLogLevel=ERROR";

    private readonly Lazy<string?> _agent = new(agent);

    /// <summary>That of this process's user, with what it has in its environment.</summary>
    internal static GitAccess OfUser { get; } = new(isClients: false, static () => null);

    /// <summary>The variables by which git and ssh find keys and passwords.</summary>
    /// <param name="location">Where they go.</param>
    /// <exception cref="EngineException">It takes a key, and the client gives none.</exception>
    internal IEnumerable<string> Variables(GitLocation location)
    {
        yield return "GIT_SSH_COMMAND=ssh -oBatchMode=yes" + (isClients ? NothingOfTheUsers : "");
        if (!isClients && Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            yield return "HOME=" + home;
        }

        string? socket = location.IsSsh ? _agent.Value : null;
        if (socket is null && isClients && location.IsSsh)
        {
            throw new EngineException(ErrorKind.NotFound, $"{location.Shown}: ssh agent default: not found", hint: "--ssh default");
        }

        socket ??= isClients ? null : Environment.GetEnvironmentVariable("SSH_AUTH_SOCK");
        if (!string.IsNullOrEmpty(socket))
        {
            yield return "SSH_AUTH_SOCK=" + socket;
        }
    }
}
