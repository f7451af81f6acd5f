using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>The Docker CLI's plugins of a newer Debian, which <c>./test</c> fetches into <c>artifacts/peers</c> (<c>.ci/peers.sh</c>).</summary>
internal static class CliPlugins
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "peers", "cli-plugins");

    /// <summary>Why a test of <c>docker NAME</c> cannot run here; null where it can.</summary>
    internal static string? Missing(string name) =>
        File.Exists(Path.Combine(Folder, "docker-" + name)) ? null : $"docker-{name} of Debian 13 could not be fetched";

    /// <summary>Gives them to a CLI whose configuration (<c>DOCKER_CONFIG</c>) is a directory of the test.</summary>
    internal static void Install(string configuration) =>
        File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(configuration).FullName, "cli-plugins"), Folder);
}
