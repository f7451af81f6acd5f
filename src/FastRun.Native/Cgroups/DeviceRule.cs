using System.Globalization;

namespace FastRun.Native.Cgroups;

/// <summary>Allows access to some devices.</summary>
/// <param name="Type">Their type.</param>
/// <param name="Major">Their major number; null for all.</param>
/// <param name="Minor">Their minor number; null for all.</param>
/// <param name="Access">What is allowed.</param>
public sealed record DeviceRule(DeviceType Type, uint? Major, uint? Minor, DeviceAccess Access)
{
    /// <summary>The rule as cgroup v1's devices.allow takes it, for example <c>c 1:3 rwm</c>.</summary>
    public override string ToString()
    {
        char type = Type switch { DeviceType.Block => 'b', DeviceType.Character => 'c', _ => 'a' };
        string access = (Access.HasFlag(DeviceAccess.Read) ? "r" : "")
            + (Access.HasFlag(DeviceAccess.Write) ? "w" : "")
            + (Access.HasFlag(DeviceAccess.MakeNode) ? "m" : "");
        return $"{type} {Number(Major)}:{Number(Minor)} {access}";
    }

    private static string Number(uint? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "*";
}
