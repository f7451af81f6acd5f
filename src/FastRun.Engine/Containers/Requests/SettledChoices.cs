namespace FastRun.Engine.Containers.Requests;

/// <summary>What Docker lets its users choose and is settled here: the words for what there is.</summary>
public static class SettledChoices
{
    /// <summary>Runtimes: Docker's own names mean the one there is.</summary>
    public static string[] Runtimes { get; } = ["runc", "io.containerd.runc.v2", "fastrun"];

    /// <summary>Drivers of volumes.</summary>
    public static string[] VolumeDrivers { get; } = ["local"];

    /// <summary>Isolation, which is a choice on Windows only.</summary>
    public static string[] Isolations { get; } = ["default"];
}
