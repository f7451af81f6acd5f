using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Builds by BuildKit's protocol: <c>docker build</c> and <c>docker buildx</c> with buildx's docker driver.</summary>
public sealed class BuildxTests(TestImages images) : BuildxTest(images)
{
    [Fact]
    public void Build_StagesNamesArgumentsAndLabels_AreTheImages()
    {
        Write("file", "content\n");
        CommandResult built = BuildCommand(
            """
            FROM busybox:test AS tools
            RUN echo tool > /tool
            FROM busybox:test
            ARG WHO=nobody
            COPY file /copied
            COPY --from=tools /tool /tool
            RUN echo "for $WHO" > /made; echo told
            """,
            "--progress",
            "plain",
            "-t",
            "first:1",
            "-t",
            "second",
            "--build-arg",
            "WHO=me",
            "--label",
            "a=b",
            "--iidfile",
            "iid",
            "--metadata-file",
            "metadata").Run().Exits(0);

        string id = Inspect("first:1", "{{.Id}}");
        Assert.Equal(id, Inspect("second:latest", "{{.Id}}"));
        Assert.Equal(id, File.ReadAllText(Path.Combine(Context, "iid")));
        Assert.Equal(id, JsonNode.Parse(File.ReadAllText(Path.Combine(Context, "metadata")))!["containerimage.config.digest"]!.GetValue<string>());
        Assert.Equal("b", Inspect("first:1", "{{.Config.Labels.a}}"));
        Assert.Equal("content\nfor me\ntool", In("second", "cat /copied /made /tool"));
        Assert.Matches("#[0-9]+ \\[stage-1 4/4\\] RUN echo \"for \\$WHO\" > /made; echo told\n#[0-9]+ [0-9.]+ told\n#[0-9]+ DONE ", built.Stderr);
        Assert.Matches("#[0-9]+ exporting to image\n", built.Stderr);

        string again = Cli("build", "--progress", "plain", "--build-arg", "WHO=me", ".").Run().Exits(0).Stderr;
        Assert.Equal(4, again.Split(" CACHED\n").Length - 1);
        Assert.DoesNotContain(" CACHED\n", Cli("build", "--progress", "plain", "--no-cache", ".").Run().Exits(0).Stderr, StringComparison.Ordinal);
        Assert.Equal("tool", In(Cli("build", "-q", "--target", "tools", ".").Run().Exits(0).Output, "cat /tool"));
        Assert.Contains("\"vertexes\"", Cli("build", "--progress", "rawjson", ".").Run().Exits(0).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ACommandFails_IsShownWithItsPlaceAndOutput()
    {
        CommandResult failed = BuildCommand("FROM busybox:test\nRUN true\nRUN echo before; exit 7\nCMD [\"sh\"]", "--progress", "plain").Run().Exits(1);

        Assert.Contains(
            """
            Dockerfile:3
            --------------------
               1 |     FROM busybox:test
               2 |     RUN true
               3 | >>> RUN echo before; exit 7
               4 |     CMD ["sh"]
            --------------------
            ERROR: failed to solve: process "/bin/sh -c echo before; exit 7" did not complete successfully: exit code: 7
            """,
            failed.Stderr,
            StringComparison.Ordinal);
        Assert.Matches("[0-9.]+ before\n", failed.Stderr);
        CommandResult wrong = BuildCommand("FROM busybox:test\nRUNN true").Run().Exits(1);
        Assert.Contains("dockerfile parse error on line 2: unknown instruction: RUNN", wrong.Stderr, StringComparison.Ordinal);
        Assert.Contains("   2 | >>> RUNN true", wrong.Stderr, StringComparison.Ordinal);
        Assert.Contains("failed to read dockerfile: open Missing: no such file or directory", Cli("build", "-f", "Missing", ".").Run().Stderr, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Build_Dockerignore_IsHeldByTheClientToo()
    {
        foreach (string name in (string[])["secret.txt", "deep/secret.txt", "kept/secret.txt", "with space", "plus+%", "é", "a,b"])
        {
            Write(name, name);
        }

        // What cannot be read was not asked for.
        File.CreateSymbolicLink(Path.Combine(Context, "link"), "with space");
        Write("big/skipped", new string('x', 100_000));
        Write(".dockerignore", "# comment\n**/secret.txt\n!kept/secret.txt\nbig\nnot-here-1\nnot-here-2,3\n");
        string built = BuildCommand("FROM busybox:test\nCOPY . /all", "--progress", "plain", "-t", "ignored").Run().Exits(0).Stderr;

        Assert.Equal(
            "./.dockerignore\n./Dockerfile\n./a,b\n./deep\n./kept\n./kept/secret.txt\n./link\n./plus+%\n./with space\n./é",
            In("ignored", "cd /all; find . -mindepth 1 | sort"));
        Assert.Equal("with space", In("ignored", "cat /all/link"));
        Assert.Contains("transferring dockerfile", built, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_FilesOfAllSizesAndKinds_ComeAsTheyAre()
    {
        byte[] large = new byte[9_000_000];
        Random.Shared.NextBytes(large);
        foreach (string name in (string[])["a-large", "m-large", "z-large"])
        {
            File.WriteAllBytes(Path.Combine(Context, name), large);
        }

        for (int i = 0; i < 300; i++)
        {
            Write($"many/{i}", i % 10 == 0 ? "" : new string((char)('a' + (i % 26)), i * 100));
        }

        string file = Path.Combine(Context, "many", "7");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Command.Output("ln", file, Path.Combine(Context, "zz-hard"));
        BuildCommand("FROM busybox:test\nCOPY . /all", "-t", "sizes").Run().Exits(0);

        string sum = Command.Output("sha256sum", Path.Combine(Context, "m-large")).Split(' ')[0];
        Assert.Equal($"{sum}\n{sum}\n{sum}", In("sizes", "sha256sum /all/a-large /all/m-large /all/z-large | cut -d ' ' -f 1"));
        Assert.Equal(Command.Output("sh", "-c", $"cd {Context}/many; for i in *; do cat $i; done | sha256sum"), In("sizes", "cd /all/many; for i in *; do cat $i; done | sha256sum"));
        Assert.Equal("500 981173106 700", In("sizes", "stat -c '%a %Y %s' /all/many/7"));
        Assert.Equal("700", In("sizes", "stat -c %s /all/zz-hard"));
    }

    [Fact]
    public void Build_DockerfilesElsewhere_AreFound()
    {
        Write("file", "x");
        string outside = Roots.NewFile("Outside", "FROM busybox:test\nCOPY file /outside");
        Assert.Equal("x", In(Cli("build", "-q", "-f", outside, ".").Run().Exits(0).Output, "cat /outside"));
        Assert.Equal("x", In((Cli("build", "-q", "-f", "-", ".") with { Stdin = "FROM busybox:test\nCOPY file /stdin" }).Run().Exits(0).Output, "cat /stdin"));
        Assert.Equal("alone", In((Cli("build", "-q", "-") with { Stdin = "FROM busybox:test\nRUN echo alone > /alone" }).Run().Exits(0).Output, "cat /alone"));

        Write("Dockerfile", "FROM busybox:test\nCOPY file /tar");
        Command.Output("tar", "-C", Context, "-czf", Path.Combine(Roots.Top, "context.tgz"), ".");
        Command tar = new("sh", "-c", $"docker -H unix://{Daemon.SocketPath} build -q - < {Roots.Top}/context.tgz") { Environment = Cli().Environment };
        Assert.Equal("x", In(tar.Run().Exits(0).Output, "cat /tar"));
    }

    [Fact]
    public void Build_NamedContexts_AreTheClientsDirectoriesAndImages()
    {
        Directory.CreateDirectory(Path.Combine(Roots.Top, "other", "sub"));
        File.WriteAllText(Path.Combine(Roots.Top, "other", "sub", "file"), "other");
        string image = BuildCommand(
            "FROM base\nCOPY --from=more sub/file /file",
            "-q",
            "--build-context",
            "more=" + Path.Combine(Roots.Top, "other"),
            "--build-context",
            "base=docker-image://busybox:test").Run().Exits(0).Output;

        Assert.Equal("other", In(image, "cat /file"));
    }

    [Fact]
    public void Build_Secrets_AreTheClients()
    {
        string secret = Roots.NewFile("secret", "top secret");
        Write("Dockerfile", "FROM busybox:test\nRUN --mount=type=secret,id=one cat /run/secrets/one > /one\nRUN --mount=type=secret,id=two,env=TWO echo $TWO > /two");
        Command command = Cli("build", "-q", "--secret", "id=one,src=" + secret, "--secret", "id=two,env=VARIABLE", ".");
        string image = (command with { Environment = new Dictionary<string, string?>(command.Environment) { ["VARIABLE"] = "of the client" } }).Run().Exits(0).Output;

        Assert.Equal("top secretof the client", In(image, "cat /one /two"));
        CommandResult missing = BuildCommand("FROM busybox:test\nRUN --mount=type=secret,id=none,required=true true").Run().Exits(1);
        Assert.Contains("secret none: not found", missing.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AnAgent_IsAskedOverTheSession()
    {
        string socket = Path.Combine(Roots.Top, "agent.sock");
        using Process agent = new Command("ssh-agent", "-D", "-a", socket).Start();
        try
        {
            string key = Path.Combine(Roots.Top, "key");
            Command.Output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a-key-of-the-test", "-f", key);
            Assert.True(Processes.Eventually(() => File.Exists(socket)));
            (new Command("ssh-add", key) { Environment = new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = socket } }).Run().Exits(0);

            foreach (string file in Command.Output("sh", "-c", "echo /usr/bin/ssh-add; ldd /usr/bin/ssh-add | grep -o '/[^ ]*'").Split('\n'))
            {
                string copy = Path.Combine(Context, "root", file[1..]);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            string output = BuildCommand("FROM busybox:test\nCOPY root /\nRUN --mount=type=ssh ssh-add -L", "--progress", "plain", "--ssh", "default=" + socket).Run().Exits(0).Stderr;
            Assert.Contains(" a-key-of-the-test\n", output, StringComparison.Ordinal);
        }
        finally
        {
            agent.Kill();
            agent.WaitForExit();
        }

        CommandResult none = BuildCommand("FROM busybox:test\nRUN --mount=type=ssh,required=true true").Run().Exits(1);
        Assert.Contains("ssh agent default: not found", none.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OutputsOfFiles_AreWrittenByTheClient()
    {
        const string Dockerfile = "FROM busybox:test AS make\nRUN mkdir -p /out/deep; echo 1 > /out/deep/file; head -c 3000000 /dev/zero > /out/zeros; ln -s deep/file /out/link; chmod 751 /out/deep\nFROM scratch\nCOPY --from=make /out /";
        BuildCommand(Dockerfile, "--output", "type=local,dest=files").Run().Exits(0);
        Assert.Equal("1\n", File.ReadAllText(Path.Combine(Context, "files", "link")));
        Assert.Equal(3_000_000, new FileInfo(Path.Combine(Context, "files", "zeros")).Length);
        Assert.Equal("751", Command.Output("stat", "-c", "%a", Path.Combine(Context, "files", "deep")));

        Directory.Delete(Path.Combine(Context, "files"), recursive: true);
        BuildCommand(Dockerfile, "--output", "type=tar,dest=files.tar").Run().Exits(0);
        string[] names = Command.Output("tar", "-tf", Path.Combine(Context, "files.tar")).Split('\n');
        Assert.Equal(["deep/", "deep/file", "link", "zeros"], names.Where(static name => name is not "./").Select(static name => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name));
    }

    [Fact]
    public void Build_ABaseThatIsGuarded_IsPulledWithTheClientsCredentials()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, "user", "pass-word");
        string image = $"{registry.Authority}/private/image:1";
        string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pass-word"));
        string config = Path.Combine(Configuration, "config.json");
        File.WriteAllText(config, "{\"auths\":{\"" + registry.Authority + "\":{\"auth\":\"" + auth + "\"}}}");
        BuildCommand("FROM busybox:test\nRUN echo pushed > /pushed", "-t", image).Run().Exits(0);
        Cli("push", image).Run().Exits(0);
        Daemon.Docker("rmi", image).Run().Exits(0);

        Assert.Equal("pushed", In(BuildCommand($"FROM {image}\nRUN true", "-q").Run().Exits(0).Output, "cat /pushed"));
        File.WriteAllText(config, "{}");
        Assert.NotEqual(0, Cli("build", "--pull", ".").Run().ExitCode);
    }

    [Fact]
    public void Builder_ListInspectUsageAndPrune_ShowThisOne()
    {
        Assert.Contains("running", Cli("buildx", "ls").Run().Exits(0).Stdout, StringComparison.Ordinal);
        string inspected = Cli("buildx", "inspect").Run().Exits(0).Stdout;
        Assert.Contains("Driver: docker\n", inspected, StringComparison.Ordinal);
        Assert.Contains("linux/amd64", inspected, StringComparison.Ordinal);
        BuildCommand("FROM busybox:test\nRUN head -c 200000 /dev/zero > /zeros").Run().Exits(0);
        Assert.Contains("Reclaimable:", Cli("buildx", "du").Run().Exits(0).Stdout, StringComparison.Ordinal);

        Cli("rmi", "-f", Cli("build", "-q", ".").Run().Output).Run();
        Assert.Contains("Total:", Cli("builder", "prune", "-af").Run().Exits(0).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain(" CACHED\n", Cli("build", "--progress", "plain", ".").Run().Exits(0).Stderr, StringComparison.Ordinal);
        Cli("buildx", "prune", "-af").Run().Exits(0);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-KILL")]
    public void Build_TheClientEnds_EndsTheStep(string signal)
    {
        string mark = "sleep 88" + Random.Shared.Next(1000, 9999).ToString(CultureInfo.InvariantCulture);
        using Process client = BuildCommand($"FROM busybox:test\nRUN {mark}").Start();
        Assert.True(Processes.Eventually(() => Processes.With("/bin/sh -c " + mark + " ").Count + Processes.With(mark + " ").Count > 0));

        // The CLI and its plugin.
        foreach (int pid in Processes.With(Daemon.SocketPath + " build").Append(client.Id).Concat(Processes.With("docker-buildx")))
        {
            if (pid == client.Id || Processes.CommandLine(pid).Contains(Configuration, StringComparison.Ordinal) || IsChild(pid, client.Id))
            {
                _ = Command.Run("kill", signal, pid.ToString(CultureInfo.InvariantCulture));
            }
        }

        Assert.True(Processes.Eventually(() => Processes.With(mark + " ").Count == 0));
        client.WaitForExit();
        Assert.True(Processes.Eventually(() => Roots.Leftovers().Count == 0), string.Join(' ', Roots.Leftovers()));
    }

    [Fact]
    public async Task Build_TwoAtOnce_DoNotDisturbEachOther()
    {
        Roots.NewFile("one/Dockerfile", "FROM busybox:test\nRUN echo one > /which");
        Roots.NewFile("two/Dockerfile", "FROM busybox:test\nRUN echo two > /which");
        Task<CommandResult>[] builds = [.. ((string[])["one", "two"]).Select(name => Task.Run(() => Cli("build", "-q", Path.Combine(Roots.Top, name)).Run()))];
        CommandResult[] built = await Task.WhenAll(builds);

        Assert.Equal("one", In(built[0].Exits(0).Output, "cat /which"));
        Assert.Equal("two", In(built[1].Exits(0).Output, "cat /which"));
    }

    private static bool IsChild(int pid, int parent)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(' ')[3] == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
