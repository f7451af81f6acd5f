namespace FastRun.Native.Cgroups;

/// <summary>The kinds of device that a rule can name.</summary>
public enum DeviceType
{
    /// <summary>Both kinds.</summary>
    Any,

    /// <summary>Block devices.</summary>
    Block,

    /// <summary>Character devices.</summary>
    Character,
}
