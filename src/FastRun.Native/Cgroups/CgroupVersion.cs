namespace FastRun.Native.Cgroups;

/// <summary>Which of the kernel's two cgroup interfaces a controller is bound to.</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy for each controller or set of controllers.</summary>
    V1 = 1,

    /// <summary>The unified hierarchy.</summary>
    V2 = 2,
}
