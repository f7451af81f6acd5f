using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>Has a peer build the corpus, and keeps what came of it: <c>tests/Corpus/renew</c> calls this, and nothing else does.</summary>
public sealed class CorpusRenewal
{
    /// <summary>
    /// A program: <c>PEER load ARCHIVE</c> and <c>PEER build ARCHIVE CONTEXT FLAGS...</c>, which writes the image as <c>docker save</c> does.
    /// </summary>
    private static readonly string? s_peer = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_PEER");

    [Fact(Explicit = true)]
    public void Corpus_IsBuiltByAPeer()
    {
        Assert.SkipWhen(s_peer is null, "tests/Corpus/renew does this");
        string work = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_WORK")!;
        string results = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_RESULTS") ?? Path.Combine(CorpusCase.Top, "results");
        string only = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_ONLY") ?? "";
        List<CorpusCase> cases = [.. CorpusCase.All.Where(one => only.Length == 0 || (only == "missing" && !File.Exists(one.Result)) || only.Split(' ').Any(word => one.Name.StartsWith(word, StringComparison.Ordinal)))];
        string bases = Path.Combine(work, "bases.tar");
        CorpusBases.Write(bases);
        string who = Command.Output(s_peer!, "load", bases);
        List<ImageListing> below = [CorpusBases.Read(bases)];
        foreach ((string name, Func<string> layout) in new Dictionary<string, Func<string>> { [CorpusCase.Debian] = DebianRoot.Make, [CorpusCase.Toolchain] = DebianRoot.MakeToolchain })
        {
            if (cases.Any(one => one.Needs(name)))
            {
                string archive = Path.Combine(work, Path.GetFileName(name) + ".tar");
                CorpusBases.Write(archive, layout(), name);
                _ = new Command(s_peer!, "load", archive) { Timeout = TimeSpan.FromMinutes(5) }.Run().Output;
                below.Add(new ImageListing(archive));
            }
        }

        string? network = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_NETWORK");
        string? differences = Environment.GetEnvironmentVariable("FASTRUN_CORPUS_DIFFERENCES");
        Directory.CreateDirectory(results);
        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, one =>
        {
            if (!one.IsByHand || differences is not null)
            {
                string context = Path.Combine(work, one.Name);
                string archive = context + ".tar";
                using CorpusContext prepared = one.Prepare(context, served => PeerNetwork.In(network!, () => new CorpusServer(served)));
                CommandResult result = (new Command(s_peer!, ["build", archive, context, .. prepared.Flags]) { Timeout = TimeSpan.FromMinutes(10) }).Run();
                IReadOnlyList<string> lines = prepared.Named(BuildOutcome.Of(one, result, archive, context, below));
                File.WriteAllText(Path.Combine(results, one.Name + ".txt"), $"# {who}\n{string.Join('\n', lines)}\n");
                _ = Command.Run("rm", "-rf", context, CorpusContext.ServedOf(context), archive);
            }
        });
        if (differences is not null)
        {
            PeerDifferences before = File.Exists(differences) ? PeerDifferences.Read(differences) : new();
            before.Renewed($"# {who}", cases.ToDictionary(static one => one.Name, one => PeerDifferences.Between(
                CorpusCase.Said(one.Result), CorpusCase.Said(Path.Combine(results, one.Name + ".txt"))))).Write(differences);
        }
    }
}
