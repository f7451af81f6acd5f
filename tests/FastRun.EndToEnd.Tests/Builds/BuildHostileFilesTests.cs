using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Attacks;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Contexts, archives, repositories and Dockerfiles of strangers: docs/security.md, "Builds".</summary>
public sealed class BuildHostileFilesTests : BuildTest
{
    private const long Gibibyte = 1L << 30;

    private readonly string _canary;

    public BuildHostileFilesTests(TestImages images)
        : base(images)
    {
        _canary = Roots.NewDirectory("canary");
        File.WriteAllText(Path.Combine(_canary, "file"), "of the host");
        _ = Directory.CreateDirectory(Path.Combine(_canary, "inner"));
    }

    /// <summary>The archives that attack layers: whether one is refused or not, nothing outside changes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_HostileArchives_ChangeNothingOutside(bool asContext)
    {
        string before = Canary();
        foreach (ArchiveCase attack in NameCases.All.Concat(MetadataCases.All))
        {
            byte[][] layers = attack.Layers(_canary);
            Command build;
            if (asContext)
            {
                string tar = Path.Combine(Roots.Top, "context.tar");
                File.WriteAllBytes(tar, [.. new TarBuilder().File("Dockerfile", "FROM scratch\nCOPY . /all/\n").Cut(), .. layers[0]]);
                build = FastRun("build", "--progress", "plain", tar);
            }
            else
            {
                _ = Directory.CreateDirectory(ContextDirectory);
                for (int i = 0; i < layers.Length; i++)
                {
                    File.WriteAllBytes(Path.Combine(ContextDirectory, i + ".tar"), layers[i]);
                }

                build = BuildCommand("FROM busybox\n" + string.Concat(Enumerable.Range(0, layers.Length).Select(static i => $"ADD {i}.tar /\n")));
            }

            CommandResult result = build.Run();
            Assert.True(result.ExitCode is 0 or 1, $"{attack.Name}: {result}");
            Assert.Equal(result.ExitCode, result.Stderr.Split('\n').Count(static line => line.StartsWith("fastrun: ", StringComparison.Ordinal)));
            Assert.DoesNotContain(result.Stderr, static c => c != '\n' && char.IsControl(c));
            Assert.Equal(before, Canary());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_ABomb_IsRefusedBeforeItIsWritten(bool asContext)
    {
        GzipSplice bomb = new();
        bomb.Add(new TarBuilder().File("Dockerfile", "FROM scratch\nCOPY . /\n").Header("zeros", '0', size: 10 * Gibibyte).Cut());
        bomb.AddZeros(10 * Gibibyte);
        Write("Dockerfile", "FROM scratch\nADD bomb /\n");
        string file = Path.Combine(ContextDirectory, "bomb");
        File.WriteAllBytes(file, bomb.ToArray());
        string output = FastRun("build", "--progress", "plain", asContext ? file : ContextDirectory).Run().Exits(1).Stderr;
        Assert.Contains("its content exceeds", output, StringComparison.Ordinal);
        Assert.True(long.Parse(Command.Output("du", "-s", "--block-size=1M", Roots.Data).Split('\t')[0], CultureInfo.InvariantCulture) < 64);
    }

    [Fact]
    public void Build_AContextThatIsSwappedForLinks_LeadsNowhereElse()
    {
        Write("d/file", "of the context");
        Write("f", "of the context");
        string swap = $"cd '{ContextDirectory}'; while :; do mv d e; ln -s '{_canary}' d; mv f g; ln -s '{_canary}/file' f; rm d f; mv e d; mv g f; done";
        using Process attacker = Process.Start("sh", ["-c", swap]);
        try
        {
            string dockerfile = Roots.NewFile("Dockerfile", "FROM busybox\nCOPY d /d\nCOPY f /f\nADD . /all\nRUN --mount=target=/c cp -a /c /mounted && ! grep -r 'of the host' /d /f /all /mounted\n");
            for (int i = 0; i < 25; i++)
            {
                CommandResult result = FastRun("build", "--progress", "plain", "--no-cache", "-f", dockerfile, ContextDirectory).Run();
                Assert.True(result.ExitCode is 0 or 1, result.ToString());
                Assert.DoesNotContain("of the host", result.Stderr.Replace("'of the host'", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
        finally
        {
            attacker.Kill();
            attacker.WaitForExit();
        }

        Assert.Equal("of the host", File.ReadAllText(Path.Combine(_canary, "file")));
        Assert.Equal(["file", "inner"], Directory.GetFileSystemEntries(_canary).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Build_AGitLocation_LeadsNowhereElse()
    {
        string repository = Roots.NewDirectory("repository");
        string marker = Path.Combine(Roots.Top, "marker");
        string Git(params string[] arguments) => Command.Output("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@b", .. arguments]);
        _ = Git("init", "-q", "-b", "main");
        File.CreateSymbolicLink(Path.Combine(repository, "way"), _canary);
        File.WriteAllText(Path.Combine(repository, "Dockerfile"), "FROM busybox\nCOPY . /all/\n");
        _ = Git("add", ".");
        _ = Git("commit", "-q", "-m", "one");
        using GitServer server = new(Roots.Top);
        string url = server.Url + "repository";
        foreach (string part in (string[])["#../../etc", $"#main:../..{_canary}", "#main:way", "#main:way/inner", "#main:.git", $"#--upload-pack=touch${{IFS}}{marker}", "?subdir=..%2F..", "?ref=-x"])
        {
            string context = FastRun("build", "--progress", "plain", url + part).Run().Exits(1).Stderr;
            string added = BuildCommand($"FROM busybox\nADD {url}{part} /all/\n").Run().Exits(1).Stderr;
            Assert.DoesNotContain("of the host", context + added, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Build_CredentialsInAUrl_AreRefused_SoThatNoHistoryHasThem() => Assert.Contains(
        "not a URL that can be added", BuildCommand("FROM busybox\nADD http://user:secret@127.0.0.1:1/file /x\n").Run().Exits(1).Stderr, StringComparison.Ordinal);

    [Theory]
    [InlineData("USER 2147483648")]
    [InlineData("USER 4294967296")]
    [InlineData("USER -1")]
    [InlineData("COPY --chown=4294967296 Dockerfile /x")]
    [InlineData("COPY --chown=0:4294967296 Dockerfile /x")]
    public void Build_NumbersThatAreNoUsers_AreNobody(string instruction)
    {
        CommandResult result = BuildCommand($"FROM busybox\n{instruction}\nRUN id -u\n").Run().Exits(1);
        _ = Assert.Single(result.Stderr.Split('\n'), static each => each.StartsWith("fastrun: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_HugeDockerfiles_AreBoundedErrors()
    {
        Refused(new string('#', 3 << 20) + "\nFROM busybox\n", "larger than");
        Refused("FROM busybox\nRUN " + new string('x', 70_000), "greater than max allowed size");
        Refused("FROM busybox\n" + string.Concat(Enumerable.Repeat("ENV A=1\n", 20_001)), "instructions at most");
        Refused(string.Concat(Enumerable.Repeat("FROM busybox\n", 1_001)), "stages at most");

        // Each value is ten times the one before.
        Refused("FROM busybox\nARG a0=xxxxxxxxxx\n" + string.Concat(Enumerable.Range(0, 30).Select(static i => $"ARG a{i + 1}={string.Concat(Enumerable.Repeat($"${{a{i}}}", 10))}\n")), "a value becomes longer than");
        foreach (string endless in (string[])["/dev/zero", "/dev/tty"])
        {
            _ = FastRun("build", "-f", endless, ContextDirectory).Run().Exits(1);
        }

        string fifo = Path.Combine(Roots.Top, "fifo");
        _ = Command.Output("mkfifo", fifo);
        _ = FastRun("build", "-f", fifo, ContextDirectory).Run().Exits(1);
    }

    private void Refused(string dockerfile, string words)
    {
        CommandResult result = BuildCommand(dockerfile).Run().Exits(1);
        Assert.Contains(words, result.Stderr, StringComparison.Ordinal);
        Assert.True(result.Stderr.Length < 400_000, $"{result.Stderr.Length} characters");
    }

    /// <summary>Everything that a stranger could have changed of the tree outside.</summary>
    private string Canary() => Command.Output("find", _canary, "-printf", "%P %y %m %U:%G %s %T@ %C@ %n %l\n") + File.ReadAllText(Path.Combine(_canary, "file"));
}
