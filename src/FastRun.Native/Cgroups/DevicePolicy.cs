using System.Collections.Generic;

namespace FastRun.Native.Cgroups;

/// <summary>Which devices the processes of a cgroup may use.</summary>
public sealed class DevicePolicy
{
    // Docker's defaults: any node may be made, and these may be opened. What stands first is asked first.
    private static readonly DeviceRule[] s_defaults =
    [
        Character(1, 3), // null
        Character(1, 5), // zero
        Character(1, 9), // urandom
        Character(1, 8), // random
        Character(5, 0), // tty
        Character(5, 1), // console
        Character(5, 2), // ptmx
        Character(136, null), // pts/*
        Character(1, 7), // full
        new(DeviceType.Any, null, null, DeviceAccess.MakeNode),
    ];

    private DevicePolicy(IReadOnlyList<DeviceRule>? rules) => Rules = rules;

    /// <summary>What a container without special wishes gets: any node may be made, the harmless ones may be opened.</summary>
    public static DevicePolicy Default { get; } = new(s_defaults);

    /// <summary>No restriction: what privileged containers get.</summary>
    public static DevicePolicy Unrestricted { get; } = new(null);

    /// <summary>What is allowed; null for everything.</summary>
    public IReadOnlyList<DeviceRule>? Rules { get; }

    /// <summary>Exactly these rules; what none of them allows is denied.</summary>
    public static DevicePolicy Only(IReadOnlyList<DeviceRule> rules) => new(rules);

    /// <summary>This policy and more devices.</summary>
    public DevicePolicy Plus(IReadOnlyList<DeviceRule> rules) => Rules is null ? this : new DevicePolicy([.. Rules, .. rules]);

    private static DeviceRule Character(uint major, uint? minor) =>
        new(DeviceType.Character, major, minor, DeviceAccess.ReadWrite);
}
