namespace FastRun.Native.Netlink;

/// <summary>An address of an interface (RTM_GETADDR).</summary>
/// <param name="Link">The interface's index.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">How many bits are the network's.</param>
public readonly record struct AddressInfo(int Link, InternetAddress Address, int PrefixLength);
