namespace FastRun.Native.Tests.Sockets;

/// <summary>
/// Tests that expect an end of file or a broken pipe as soon as a descriptor is closed run alone: a process that another
/// test forks has that descriptor too, until its execve.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClosedDescriptorsCollection
{
    internal const string Name = "closed descriptors";
}
