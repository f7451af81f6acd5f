using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.EndToEnd.Tests.Attacks;
using FastRun.EndToEnd.Tests.Builds;
using FastRun.EndToEnd.Tests.Builds.Corpus;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.DockerApi;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.EndToEnd.Tests.Networks;
using FastRun.EndToEnd.Tests.Snapshots;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>The classes whose tests take longest begin first: one that began last would be left alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long =
    [
        .. new[]
        {
            typeof(ArchiveAttacksTests), typeof(CrashTests), typeof(CorpusTests), typeof(TranscriptTests), typeof(SnapshotCrashTests), typeof(SaveLoadTests),
            typeof(ForeignFirewallTests), typeof(BuildCacheExchangeTests), typeof(BridgeTests), typeof(ApiSlowClientTests), typeof(CommitTests), typeof(EgressTests),
        }.Select(static type => $" {type.FullName} "),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(static collection => Place(collection.TestCollectionDisplayName))];

    private static int Place(string name) =>
        Array.FindIndex(s_long, type => name.Contains(type, StringComparison.Ordinal)) is var place and >= 0 ? place : s_long.Length;
}
