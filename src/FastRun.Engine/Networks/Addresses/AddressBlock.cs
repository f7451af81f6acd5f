namespace FastRun.Engine.Networks.Addresses;

/// <summary>A block from which networks get their subnets.</summary>
/// <param name="Base">All of it.</param>
/// <param name="PartLength">The prefix length of each subnet.</param>
public readonly record struct AddressBlock(Subnet Base, int PartLength);
