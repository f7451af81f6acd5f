using System.Linq;
using FastRun.Engine.Build.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Images;

/// <summary>BuildKit's rule for times of what made no layer (exporter/containerimage, normalizeLayersAndHistory).</summary>
public sealed class TimestampsTests
{
    [Theory]
    [InlineData("1 2 - 5 - 6 -", "1 2 5 5 5 6 6")]
    [InlineData("1 2 - -", "1 2 2 2")]
    [InlineData("- 3 -", "3 3 3")]
    [InlineData("- -", "- -")]
    [InlineData("1 2", "1 2")]
    public void Fill_GivesEmptyOnesTheirNeighboursTime(string before, string after) => Assert.Equal(
        after,
        string.Join(' ', Timestamps.Fill([.. before.Split(' ').Select(static time => new HistoryEntry { Created = time == "-" ? null : time })])
            .Select(static entry => entry.Created ?? "-")));
}
