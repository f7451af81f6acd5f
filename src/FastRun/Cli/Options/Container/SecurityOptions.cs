using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what the container may do.</summary>
internal sealed class SecurityOptions
{
    private readonly List<string> _capAdd = [];
    private readonly List<string> _capDrop = [];
    private readonly List<string> _securityOptions = [];
    private readonly Dictionary<string, string> _sysctls = new(StringComparer.Ordinal);
    private readonly List<DeviceRule> _deviceRules = [];
    private bool _privileged;

    internal bool Privileged => _privileged;

    internal Option[] Build() =>
    [
        new("cap-add", '\0', "list", "Add Linux capabilities", _capAdd.Add),
        new("cap-drop", '\0', "list", "Drop Linux capabilities", _capDrop.Add),
        new("security-opt", '\0', "list", "seccomp=FILE, seccomp=unconfined, no-new-privileges[=false], systempaths=unconfined", _securityOptions.Add),
        Option.Switch("privileged", '\0', "Give all capabilities and devices that this host can give", value => _privileged = value),
        new("device-cgroup-rule", '\0', "list", "Allow more devices without making their nodes, for example 'c 10:229 rw'", value => _deviceRules.Add(DeviceRuleSyntax.Parse(value))),
        new("sysctl", '\0', "map", "Set a sysctl of the container's own namespaces: name=value", AddSysctl),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        CapAdd = _capAdd,
        CapDrop = _capDrop,
        SecurityOpt = _securityOptions,
        Privileged = _privileged,
        DeviceCgroupRules = _deviceRules,
        Sysctls = _sysctls,
    };

    private void AddSysctl(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw EngineException.Invalid($"sysctl '{text}' is not allowed");
        }

        _sysctls[text[..equals]] = text[(equals + 1)..];
    }
}
