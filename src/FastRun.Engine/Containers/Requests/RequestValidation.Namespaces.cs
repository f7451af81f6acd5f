using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Requests;

public static partial class RequestValidation
{
    private static void CheckNamespaces(ContainerCreateRequest request)
    {
        NamespaceModes modes = request.Namespaces;
        CheckMode("PID", modes.Pid, "private", "host");
        CheckMode("IPC", modes.Ipc, "private", "shareable", "none", "host");
        CheckMode("UTS", modes.Uts, "private", "host");
        CheckMode("user namespace", modes.User, "host");
        CheckMode("cgroup namespace", modes.Cgroup, "private", "host");
        if (modes.SharesUts && (request.Hostname is not null || request.Domainname is not null))
        {
            throw EngineException.Invalid("conflicting options: hostname and the UTS mode");
        }

        if (request.Domainname is { } domain && (domain.Length > 64 || !IsDomain(domain)))
        {
            throw EngineException.Invalid($"invalid domainname: {domain}");
        }

        foreach (string group in request.GroupAdd)
        {
            if (group.Length == 0 || ContainsControl(group) || group.Contains(':', System.StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"invalid group: '{group}'");
            }
        }

        foreach (string key in request.Annotations.Keys)
        {
            if (key.Length == 0 || ContainsControl(key))
            {
                throw EngineException.Invalid($"invalid annotation '{key}': empty key");
            }
        }
    }

    private static void CheckMode(string what, string? mode, params System.ReadOnlySpan<string> known)
    {
        // Whether there is such a container is asked when this one starts.
        bool isOthers = what is "PID" or "IPC" && NamespaceModes.ContainerOf(mode) is { Length: > 0 } name && !ContainsControl(name);
        if (mode is not null && !isOthers && System.MemoryExtensions.IndexOf(known, mode) < 0)
        {
            throw EngineException.Invalid($"invalid {what} mode: {mode}");
        }
    }
}
