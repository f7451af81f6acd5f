namespace FastRun.Native.Netlink;

/// <summary>A connection that the kernel tracks (conntrack), in the direction of its first packet.</summary>
/// <param name="Source">Who sent the first packet.</param>
/// <param name="Destination">Whom it was sent to, before any translation.</param>
/// <param name="Answering">Who answers: another one than the destination where that is translated.</param>
public readonly record struct TrackedConnection(InternetAddress Source, InternetAddress Destination, InternetAddress Answering)
{
    /// <summary>Whether what is sent to the destination is led elsewhere.</summary>
    public bool IsDestinationTranslated => Answering != Destination;
}
