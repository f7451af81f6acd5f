namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Tests that count what the whole machine has run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MachineCollection
{
    internal const string Name = "machine";
}
