using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// One suite of the Debian mirror that this machine already uses, read by apt with state of its own: the machine's package
/// lists and packages stay as they are.
/// </summary>
internal sealed partial class DebianArchive(string suite, string state)
{
    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Downloads the kernel that a package of the suite stands for and returns the path.</summary>
    /// <exception cref="UnavailableException">It cannot be had.</exception>
    internal string DownloadKernel(string package)
    {
        foreach (string directory in (string[])["state/lists/partial", "cache/archives/partial"])
        {
            Directory.CreateDirectory(Path.Combine(state, directory));
        }

        File.WriteAllText(Path.Combine(state, "sources.list"), $"deb [signed-by={Keyring}] {Mirror()} {suite} main\n");
        Apt("apt-get", "update");
        string kernel = Apt("apt-cache", "depends", "--important", package).Split('\n')
            .Select(static line => line.Trim()).Where(static line => line.StartsWith("Depends: linux-image-", StringComparison.Ordinal))
            .Select(static line => line["Depends: ".Length..]).FirstOrDefault()
            ?? throw new UnavailableException($"{suite} has no {package}");
        Apt("apt-get", "download", kernel);
        return Directory.EnumerateFiles(state, "*.deb").Single();
    }

    private string Apt(string tool, params IReadOnlyList<string> arguments)
    {
        string[] options =
        [
            "-o", "Dir::State=" + Path.Combine(state, "state"), "-o", "Dir::State::status=/dev/null",
            "-o", "Dir::Cache=" + Path.Combine(state, "cache"),
            "-o", "Dir::Etc::sourcelist=" + Path.Combine(state, "sources.list"), "-o", "Dir::Etc::sourceparts=-",
            "-o", "APT::Architecture=amd64", "-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none", "-o", "Acquire::Retries=3",
            "-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
        ];
        CommandResult result = new Command(tool, [.. options, .. arguments]) { WorkingDirectory = state, Timeout = s_patience }.Run();
        return result.ExitCode == 0
            ? result.Stdout
            : throw new UnavailableException($"{tool} {string.Join(' ', arguments)} failed for {suite}: {result.Stderr.Trim()}");
    }

    /// <summary>The mirror that the machine's own release comes from.</summary>
    private static string Mirror()
    {
        string release = Directory.Exists("/etc/apt") && File.Exists(Keyring)
            ? File.ReadLines("/etc/os-release").Select(static line => line.Split('=')).First(static pair => pair[0] == "VERSION_CODENAME")[1]
            : throw new UnavailableException("this machine is not a Debian");
        return Sources().Where(source => source.Suites.Split(' ').Contains(release)).Select(static source => source.Uri).FirstOrDefault()
            ?? throw new UnavailableException($"no package source of this machine has the suite {release}");
    }

    /// <summary>sources.list(5), in both of its formats.</summary>
    private static IEnumerable<(string Uri, string Suites)> Sources()
    {
        foreach (string file in Directory.EnumerateFiles("/etc/apt", "*", SearchOption.AllDirectories))
        {
            if (file == "/etc/apt/sources.list" || (file.Contains("/sources.list.d/", StringComparison.Ordinal) && file.EndsWith(".list", StringComparison.Ordinal)))
            {
                foreach (Match line in OneLine().Matches(File.ReadAllText(file)))
                {
                    yield return (line.Groups["uri"].Value, line.Groups["suite"].Value);
                }
            }
            else if (file.Contains("/sources.list.d/", StringComparison.Ordinal) && file.EndsWith(".sources", StringComparison.Ordinal))
            {
                foreach (string stanza in File.ReadAllText(file).Split("\n\n"))
                {
                    if (Field("URIs", stanza) is { } uris && Field("Suites", stanza) is { } suites)
                    {
                        yield return (uris.Split(' ')[0], suites);
                    }
                }
            }
        }
    }

    private static string? Field(string name, string stanza) =>
        stanza.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    [GeneratedRegex(@"^deb\s+(\[[^\]]*\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)\s", RegexOptions.Multiline)]
    private static partial Regex OneLine();
}
