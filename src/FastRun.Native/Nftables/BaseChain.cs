namespace FastRun.Native.Nftables;

/// <summary>A chain that sees packets, of anybody's table.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where it sits; the type is empty where the kernel did not say.</param>
public readonly record struct BaseChain(NftablesTable Table, string Name, ChainHook Hook);
