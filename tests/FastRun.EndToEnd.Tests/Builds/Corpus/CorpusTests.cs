using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>
/// Every case of the corpus is built, and its image, or its failure, is that of BuildKit, as <c>tests/Corpus/results</c> has kept it.
/// Where it is not, <c>tests/Corpus/differences</c> says in which lines, and why.
/// </summary>
public sealed class CorpusTests(TestImages images, CorpusBuilds builds) : IClassFixture<CorpusBuilds>
{
    /// <summary>Set to a directory, what FastRun makes of the cases that differ is written there: to be judged by a person.</summary>
    private static readonly string? s_actual = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_ACTUAL");

    public static TheoryData<string> Cases => [.. CorpusCase.All.Where(static one => !one.Needs(CorpusCase.Toolchain)).Select(static one => one.Name)];

    public static TheoryData<string> LargeCases => [.. CorpusCase.All.Where(static one => one.Needs(CorpusCase.Toolchain)).Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Corpus_IsBuiltAsTheReferenceBuildsIt(string name) => Compare(name);

    [Theory(Explicit = true)]
    [MemberData(nameof(LargeCases))]
    public void Corpus_LargeApplications_AreBuiltAsTheReferenceBuildsThem(string name) => Compare(name);

    private void Compare(string name)
    {
        CorpusCase one = new(name);
        IReadOnlyList<string> actual = builds.Build(one, images);
        string[] expected = CorpusCase.Said(one.Result);
        List<string> difference = [.. Without(expected, actual).Select(static line => "-" + line), .. Without(actual, expected).Select(static line => "+" + line)];
        string[] known = File.Exists(one.Difference) ? CorpusCase.Said(one.Difference) : [];
        if (s_actual is not null && !difference.SequenceEqual(known))
        {
            File.WriteAllLines(Path.Combine(s_actual, name + ".txt"), difference);
        }

        Assert.True(
            difference.SequenceEqual(known),
            $"{name}: {one.Behaviour}\ndiffers from {one.Result} in\n{string.Join('\n', difference)}\nwhere known is\n{string.Join('\n', known)}");
    }

    [Fact]
    public void Corpus_EveryCaseSaysWhatItShows_AndHasAResult()
    {
        Assert.True(CorpusCase.All.Count >= 160);
        Assert.True(CorpusCase.All.Count(static one => one.Name.StartsWith("app-", StringComparison.Ordinal)) >= 10);
        Assert.Empty(CorpusCase.All.Where(static one => one.Behaviour is null or "").Select(static one => one.Name));
        Assert.Empty(CorpusCase.All.Where(static one => !File.Exists(one.Result)).Select(static one => one.Name));
        HashSet<string> names = [.. CorpusCase.All.Select(static one => one.Name)];
        Assert.Empty(Names("results").Except(names));
        Assert.Empty(Names("differences").Except(names));
    }

    [Fact]
    public void Corpus_EveryDifferenceHasAReason() =>
        Assert.All(Names("differences"), static name =>
        {
            string file = new CorpusCase(name).Difference;
            Assert.StartsWith("# ", File.ReadLines(file).First(), StringComparison.Ordinal);
            Assert.NotEmpty(CorpusCase.Said(file));
        });

    [Theory]
    [InlineData("buildah")]
    [InlineData("classic")]
    public void Corpus_EveryDifferenceOfAPeerHasAReason(string peer)
    {
        PeerDifferences known = PeerDifferences.Read(Path.Combine(CorpusCase.Top, "peers", peer + ".txt"));
        Assert.All(known.Groups, static group => Assert.NotEqual(PeerDifferences.NoReason, group.Reason));
        List<KeyValuePair<string, IReadOnlyList<string>>> cases = [.. known.Groups.SelectMany(static group => group.Cases)];
        Assert.NotEmpty(cases);
        Assert.Equal(cases.Count, cases.Select(static one => one.Key).Distinct().Count());
        Assert.All(cases, static one =>
        {
            // All that is said of the reference is what the reference says.
            Assert.NotEmpty(one.Value);
            Assert.All(one.Value, static line => Assert.True(line[0] is '-' or '+', line));
            string[] expected = [.. PeerDifferences.Between(CorpusCase.Said(new CorpusCase(one.Key).Result), [])];
            Assert.Empty(one.Value.Where(static line => line[0] == '-').Except(expected));
            Assert.Empty(one.Value.Where(static line => line[0] == '+').Select(static line => "-" + line[1..]).Intersect(expected));
        });
    }

    private static IEnumerable<string> Names(string directory) =>
        Directory.GetFiles(Path.Combine(CorpusCase.Top, directory)).Select(static path => Path.GetFileNameWithoutExtension(path));

    /// <summary>Lines of one list that the other one has not, or in another order.</summary>
    private static IEnumerable<string> Without(IReadOnlyList<string> lines, IReadOnlyList<string> other)
    {
        // The longest common sequence: the lists are short.
        int[,] length = new int[lines.Count + 1, other.Count + 1];
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            for (int j = other.Count - 1; j >= 0; j--)
            {
                length[i, j] = lines[i] == other[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        for (int i = 0, j = 0; i < lines.Count;)
        {
            if (j < other.Count && lines[i] == other[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (j < other.Count && length[i, j + 1] >= length[i + 1, j])
            {
                j++;
            }
            else
            {
                yield return lines[i++];
            }
        }
    }
}
