namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Git's own server of its protocol, <c>git daemon</c>.</summary>
/// <param name="directory">The directory whose repositories it serves.</param>
internal sealed class GitServer(string directory)
    : InetdServer("git", "-c", "safe.directory=*", "daemon", "--inetd", "--export-all", "--base-path=" + directory, directory)
{
    /// <summary>Where it is, with a slash at the end.</summary>
    internal string Url => $"git://127.0.0.1:{Port}/";
}
