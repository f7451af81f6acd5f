using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>The context of a case as it is built, with what it fetches.</summary>
internal sealed class CorpusContext : IDisposable
{
    private readonly CorpusServer? _server;

    /// <param name="directory">The directory of the context; a server's is beside it.</param>
    /// <param name="flags">Further flags of the build.</param>
    /// <param name="serve">Makes the server.</param>
    internal CorpusContext(string directory, IEnumerable<string> flags, Func<string, CorpusServer> serve)
    {
        Flags = [.. flags.Select(flag => flag.Replace("{context}", directory, StringComparison.Ordinal))];
        string served = ServedOf(directory);
        if (Directory.Exists(served))
        {
            _server = serve(served);
            string dockerfile = Path.Combine(directory, "Dockerfile");
            File.WriteAllText(dockerfile, _server.Addressed(File.ReadAllText(dockerfile)));
            File.SetLastWriteTimeUtc(dockerfile, DateTimeOffset.FromUnixTimeSeconds(ImageListing.ContextTime).UtcDateTime);
        }
    }

    /// <summary>Further flags of the build.</summary>
    internal IReadOnlyList<string> Flags { get; }

    /// <summary>Where what is served lies.</summary>
    internal static string ServedOf(string directory) => directory + ".served";

    /// <summary>What came of the build, without addresses that are others each time.</summary>
    internal IReadOnlyList<string> Named(IReadOnlyList<string> outcome) => _server is null ? outcome : [.. outcome.Select(_server.Named)];

    /// <inheritdoc/>
    public void Dispose() => _server?.Dispose();
}
