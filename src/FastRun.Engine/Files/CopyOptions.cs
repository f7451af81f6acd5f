namespace FastRun.Engine.Files;

/// <summary>How <c>cp</c> copies.</summary>
public sealed record CopyOptions
{
    /// <summary>
    /// Into a container: what is made belongs to the container's user. Out of one: it keeps owners, set-user-ID bits, file
    /// capabilities and devices, which otherwise stay behind.
    /// </summary>
    public bool Archive { get; init; }

    /// <summary>Whether a symbolic link that is named as the source is followed.</summary>
    public bool FollowLink { get; init; }
}
