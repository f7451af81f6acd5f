using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>One store of FastRun's, with the images that the corpus builds upon.</summary>
public sealed class CorpusBuilds : IDisposable
{
    private readonly StateRoots _roots = new();
    private readonly Dictionary<string, ImageListing> _bases = [];

    public CorpusBuilds()
    {
        string archive = Path.Combine(_roots.Top, "bases.tar");
        CorpusBases.Write(archive);
        Load("corpus/base", archive, CorpusBases.Read);
    }

    /// <summary>Builds a case, and describes what came of it.</summary>
    internal IReadOnlyList<string> Build(CorpusCase one, TestImages images)
    {
        foreach ((string name, Func<string> layout) in new Dictionary<string, Func<string>> { [CorpusCase.Debian] = () => images.Debian, [CorpusCase.Toolchain] = () => images.Toolchain })
        {
            if (one.Needs(name) && !_bases.ContainsKey(name))
            {
                string made = Path.Combine(_roots.Top, Path.GetFileName(name) + ".tar");
                CorpusBases.Write(made, layout(), name);
                Load(name, made, static path => new ImageListing(path));
            }
        }

        string context = Path.Combine(_roots.Top, one.Name);
        string archive = context + ".tar";
        using CorpusContext prepared = one.Prepare(context);
        Command build = FastRun(["build", "--progress", "plain", "--network", "none", "-o", "type=docker,dest=" + archive, .. prepared.Flags, context]) with
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
        return prepared.Named(BuildOutcome.Of(one, build.Run(), archive, context, [.. _bases.Values]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IReadOnlyList<string> leftovers = _roots.Leftovers();
        _roots.Dispose();
        Assert.Empty(leftovers);
    }

    private Command FastRun(params IReadOnlyList<string> arguments) => new(Repository.Binary, [.. _roots.Options, .. arguments]) { WorkingDirectory = _roots.Top };

    private void Load(string name, string archive, Func<string, ImageListing> read)
    {
        _ = FastRun("load", "-i", archive).Run().Exits(0);
        _bases[name] = read(archive);
        File.Delete(archive);
    }
}
