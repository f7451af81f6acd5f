namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>Guests with Linux 6.1.</summary>
public sealed class Linux61(GuestSystem system) : SharedGuest(system, GuestKernel.Linux61);

/// <summary>Guests with Linux 6.12.</summary>
public sealed class Linux612(GuestSystem system) : SharedGuest(system, GuestKernel.Linux612);

/// <summary>Guests with Linux 5.10, which FastRun does not support.</summary>
public sealed class Linux510(GuestSystem system) : SharedGuest(system, GuestKernel.Linux510);

/// <summary>The tests of Linux 6.1.</summary>
[CollectionDefinition]
public sealed class Linux61Collection : ICollectionFixture<Linux61>;

/// <summary>The tests of Linux 6.12.</summary>
[CollectionDefinition]
public sealed class Linux612Collection : ICollectionFixture<Linux612>;

/// <summary>The tests of Linux 6.1 that boot guests of their own: beside the others, for a guest waits more than it computes.</summary>
[CollectionDefinition]
public sealed class Linux61BootsCollection : ICollectionFixture<Linux61>;

/// <summary>The tests of Linux 6.12 that boot guests of their own.</summary>
[CollectionDefinition]
public sealed class Linux612BootsCollection : ICollectionFixture<Linux612>;

/// <summary>The tests of Linux 5.10.</summary>
[CollectionDefinition]
public sealed class Linux510Collection : ICollectionFixture<Linux510>;
