using System;
using System.Collections.Generic;

namespace FastRun.Engine.Launch;

/// <summary>The words of <c>--security-opt</c>, which were checked when the request was.</summary>
/// <param name="SeccompProfile">A profile's file, <c>unconfined</c>, or null for the default.</param>
/// <param name="NoNewPrivileges">Whether no_new_privs is set (prctl(2)).</param>
/// <param name="UnconfinedSystemPaths">Whether nothing of /proc and /sys is masked or read-only but by their own mounts.</param>
internal sealed record SecurityOptions(string? SeccompProfile, bool NoNewPrivileges, bool UnconfinedSystemPaths)
{
    /// <summary>Reads the options; later ones win.</summary>
    internal static SecurityOptions Of(IReadOnlyList<string> options)
    {
        string? profile = null;
        bool noNewPrivileges = false;
        bool unconfined = false;
        foreach (string option in options)
        {
            if (option.StartsWith("seccomp", StringComparison.Ordinal))
            {
                profile = option["seccomp=".Length..];
            }
            else if (option.StartsWith("no-new-privileges", StringComparison.Ordinal))
            {
                noNewPrivileges = !option.EndsWith("false", StringComparison.Ordinal);
            }
            else if (option.StartsWith("systempaths", StringComparison.Ordinal))
            {
                unconfined = true;
            }
        }

        return new SecurityOptions(profile, noNewPrivileges, unconfined);
    }
}
