namespace FastRun.Engine.Volumes;

/// <summary>The names in a volume's directory.</summary>
internal static class VolumeFiles
{
    /// <summary>What containers see.</summary>
    internal const string Data = "_data";

    /// <summary>The record; a shared lock on it says that the volume is in use.</summary>
    internal const string Record = "volume.json";

    /// <summary>Whoever fills the volume holds an exclusive lock on this.</summary>
    internal const string FillLock = "fill.lock";

    /// <summary>A copy of the image's directory that is being made: garbage when nobody holds the lock.</summary>
    internal const string Unfinished = "fill-unfinished";

    /// <summary>A whole copy whose entries are being moved into the volume: must be moved on before the volume is used.</summary>
    internal const string Finished = "fill";

    /// <summary>A link to the directory in the volume that <see cref="Finished"/> is for, where it is not for all of it.</summary>
    internal const string Into = "fill-into";

    /// <summary>Held exclusively by the user of a volume that can have one only.</summary>
    internal const string MountLock = "mount.lock";

    internal const int OwnerOnly = 0b_111_000_000;

    internal const int Everybody = 0b_111_101_101;
}
