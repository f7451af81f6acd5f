using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what of the host's a container shares, and about what it is known by.</summary>
internal sealed class NamespaceOptions
{
    private readonly List<string> _groups = [];
    private readonly Dictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private NamespaceModes _modes = new();
    private string? _domain;

    internal Option[] Build() =>
    [
        new("annotation", '\0', "map", "Add an annotation, which inspect shows: key=value", AddAnnotation),
        new("cgroupns", '\0', "string", "Cgroup namespace: private, or host for that of the host", value => _modes = _modes with { Cgroup = OrNull(value) }),
        new("domainname", '\0', "string", "Container NIS domain name", value => _domain = OrNull(value)),
        new("group-add", '\0', "list", "Add additional groups to join", _groups.Add),
        new("ipc", '\0', "string", "IPC mode: private, shareable, none (no /dev/shm), container:NAME or host for that of another", value => _modes = _modes with { Ipc = OrNull(value) }),
        new("pid", '\0', "string", "PID namespace: container:NAME or host for that of another", value => _modes = _modes with { Pid = OrNull(value) }),
        new("userns", '\0', "string", "User namespace: host, which every container has", value => _modes = _modes with { User = OrNull(value) }),
        new("uts", '\0', "string", "UTS namespace: host for that of the host", value => _modes = _modes with { Uts = OrNull(value) }),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        Namespaces = _modes,
        Domainname = _domain,
        GroupAdd = _groups,
        Annotations = _annotations,
    };

    private static string? OrNull(string value) => value.Length == 0 ? null : value;

    private void AddAnnotation(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0 || text.Length == 0)
        {
            throw EngineException.Invalid($"invalid annotation '{text}': empty key");
        }

        _annotations[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
    }
}
