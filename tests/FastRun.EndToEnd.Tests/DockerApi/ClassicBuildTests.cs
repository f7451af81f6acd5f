using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Builds by the classic protocol: the Docker CLI without BuildKit, and requests word by word.</summary>
public sealed class ClassicBuildTests(TestImages images) : ApiBuildTest(images)
{
    private protected override bool WithBuildKit => false;

    [Fact]
    public void Build_NamesArgumentsAndLabels_AreTheImages()
    {
        Write("file", "content\n");
        CommandResult built = BuildCommand(
            """
            FROM busybox:test
            ARG WHO=nobody
            LABEL kept=yes
            COPY file /copied
            RUN echo "for $WHO" > /made; echo told
            CMD ["cat", "/made"]
            """,
            "-t",
            "first:1",
            "-t",
            "second",
            "--build-arg",
            "WHO=me",
            "--label",
            "a=b").Run().Exits(0);

        string id = Inspect("first:1", "{{.Id}}");
        Assert.Equal(id, Inspect("second:latest", "{{.Id}}"));
        Assert.Equal(
            [
                "Step 1/6 : FROM busybox:test", "Step 2/6 : ARG WHO=nobody", "Step 3/6 : LABEL kept=yes", "Step 4/6 : COPY file /copied",
                "Step 5/6 : RUN echo \"for $WHO\" > /made; echo told", "told", "Step 6/6 : CMD [\"cat\", \"/made\"]",
                $" ---> {id[7..19]}", $"Successfully built {id[7..19]}", "Successfully tagged first:1", "Successfully tagged second:latest",
            ],
            built.Lines.Where(static line => !line.StartsWith("Sending build context", StringComparison.Ordinal)));
        Assert.Equal("b yes", Inspect("first:1", "{{.Config.Labels.a}} {{.Config.Labels.kept}}"));
        Assert.Equal("content\nfor me", In("second", "cat /copied /made"));

        CommandResult again = Cli("build", "-q", "--build-arg", "WHO=me", "--label", "a=b", ".").Run().Exits(0);
        Assert.Equal(id, again.Output);
        Assert.Contains(" ---> Using cache", Cli("build", "--build-arg", "WHO=me", ".").Run().Exits(0).Lines);
        Assert.DoesNotContain(" ---> Using cache", Cli("build", "--no-cache", "--build-arg", "WHO=me", ".").Run().Exits(0).Lines);
    }

    [Fact]
    public void Build_ATarget_LeavesLaterStagesOut()
    {
        CommandResult built = BuildCommand(
            "FROM busybox:test AS one\nRUN echo 1 > /which\nFROM one AS two\nRUN echo 2 > /which\nFROM busybox:test\nRUN false", "--target", "two", "-t", "target").Run().Exits(0);

        Assert.Contains("Step 4/4 : RUN echo 2 > /which", built.Lines);
        Assert.Equal("2", In("target", "cat /which"));
    }

    [Fact]
    public void Build_ACommandFails_ExitsWithItsCodeInDockersWords()
    {
        CommandResult failed = BuildCommand("FROM busybox:test\nRUN echo before; exit 7").Run().Exits(7);

        Assert.EndsWith("\nbefore\n", failed.Stdout, StringComparison.Ordinal);
        Assert.Contains("The command '/bin/sh -c echo before; exit 7' returned a non-zero code: 7", failed.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AWrongDockerfile_IsABadRequest()
    {
        CommandResult failed = BuildCommand("FROM busybox:test\nRUNN true").Run().Exits(1);

        Assert.Contains("Error response from daemon: dockerfile parse error on line 2: unknown instruction: RUNN", failed.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_DockerfilesElsewhere_AreFound()
    {
        Write("file", "x");
        string outside = Roots.NewFile("Outside", "FROM busybox:test\nCOPY file /outside");
        Cli("build", "-t", "outside", "-f", outside, ".").Run().Exits(0);
        Assert.Equal("x", In("outside", "cat /outside"));

        (Cli("build", "-t", "stdin", "-f", "-", ".") with { Stdin = "FROM busybox:test\nCOPY file /stdin" }).Run().Exits(0);
        Assert.Equal("x", In("stdin", "cat /stdin"));

        (Cli("build", "-t", "alone", "-") with { Stdin = "FROM busybox:test\nRUN echo alone > /alone" }).Run().Exits(0);
        Assert.Equal("alone", In("alone", "cat /alone"));
    }

    [Fact]
    public void Build_Dockerignore_HoldsForWhatTheClientSendsAnyway()
    {
        using HttpResponseMessage answer = Post("build?t=ignored", Tar(
            ("Dockerfile", "FROM busybox:test\nCOPY . /all"), (".dockerignore", "secret*\n"), ("secret.txt", "no"), ("file", "yes")));

        Assert.Contains("Successfully tagged ignored:latest", Body(answer), StringComparison.Ordinal);
        Assert.Equal(".dockerignore\nDockerfile\nfile", In("ignored", "ls -A /all"));
    }

    [Fact]
    public void Build_ACompressedContext_IsUnpackedAndAnsweredInJson()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Tar(("sub/Other", "FROM busybox:test\nRUN echo é > /é")));
        }

        using HttpResponseMessage answer = Post("v1.24/build?dockerfile=sub/Other&t=gzip:1&rm=0", packed.ToArray());
        string body = Body(answer);

        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        string id = Inspect("gzip:1", "{{.Id}}");
        Assert.Contains($"{{\"aux\":{{\"ID\":\"{id}\"}}}}\r\n", body, StringComparison.Ordinal);
        Assert.EndsWith("{\"stream\":\"Successfully tagged gzip:1\\n\"}\r\n", body, StringComparison.Ordinal);
        Assert.Equal("é", In("gzip:1", "cat /é"));
    }

    [Theory]
    [InlineData("build?version=2", 501, "not by /build")]
    [InlineData("build?squash=1", 400, "squash is only supported with experimental mode")]
    [InlineData("build?remote=/etc", 400, "neither a repository nor a URL")]
    [InlineData("build?remote=-", 400, "invalid remote")]
    [InlineData("build?buildargs=7", 400, "error reading buildargs")]
    [InlineData("build?memory=much", 400, "invalid value for memory")]
    [InlineData("build?t=UPPER", 400, "UPPER")]
    [InlineData("build?dockerfile=../../../etc/passwd", 404, "failed to read dockerfile")]
    [InlineData("build?securityopt=%5B%22x%22%5D", 501, "securityopt is not supported by builds")]
    public void Build_WhatCannotBe_IsRefused(string path, int status, string words)
    {
        using HttpResponseMessage answer = Post(path, Tar(("Dockerfile", "FROM busybox:test")));

        Assert.Contains(words, Body(answer), StringComparison.Ordinal);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public void Build_AContextThatIsNoTar_IsTakenForADockerfileThatIsWrong()
    {
        using HttpResponseMessage answer = Post("build", Encoding.ASCII.GetBytes("nonsense"));

        Assert.Contains("unknown instruction: nonsense", Body(answer), StringComparison.Ordinal);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public void Build_MuchOutputAndAClientThatReadsSlowly_LosesNothing()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "build")
        {
            Content = new ByteArrayContent(Tar(("Dockerfile", "FROM busybox:test\nRUN i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done"))),
        };
        using HttpResponseMessage answer = Daemon.Client.Send(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(answer.Content.ReadAsStream());
        StringBuilder written = new();
        string? line;
        while ((line = reader.ReadLine()) is not null)
        {
            written.Append(System.Text.Json.Nodes.JsonNode.Parse(line)!["stream"]?.GetValue<string>());
        }

        for (int i = 0; i < 20000; i += 997)
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\nline-{i}\n"), written.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains("Successfully built", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TheClientIsKilled_EndsTheStep()
    {
        string mark = "sleep 86" + Random.Shared.Next(1000, 9999).ToString(CultureInfo.InvariantCulture);
        using Process client = BuildCommand($"FROM busybox:test\nRUN {mark}").Start();
        Assert.True(Processes.Eventually(() => Processes.With(mark + " ").Count > 0));
        client.Kill();
        client.WaitForExit();

        Assert.True(Processes.Eventually(() => Processes.With(mark + " ").Count == 0));
        Assert.True(Processes.Eventually(() => Roots.Leftovers().Count == 0), string.Join(' ', Roots.Leftovers()));
    }

    [Fact]
    public async Task Cancel_AnIdOfABuild_EndsIt()
    {
        string mark = "sleep 87" + Random.Shared.Next(1000, 9999).ToString(CultureInfo.InvariantCulture);
        Task<string> building = Task.Run(() =>
        {
            using HttpResponseMessage answer = Post("build?buildid=mine", Tar(("Dockerfile", $"FROM busybox:test\nRUN {mark}")));
            return Body(answer);
        });
        Assert.True(Processes.Eventually(() => Processes.With(mark + " ").Count > 0));
        (int status, _) = Daemon.Ask("POST", "/build/cancel?id=mine");

        Assert.Equal(204, status);
        Assert.Contains("\"error\":\"build cancelled\"", await building, StringComparison.Ordinal);
        Assert.Equal(204, Daemon.Ask("POST", "/build/cancel?id=mine").Status);
        Assert.Equal(400, Daemon.Ask("POST", "/build/cancel").Status);
    }

    [Fact]
    public void Build_ABaseFromARegistryThatAsksWhoComes_TakesTheClientsCredentials()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, "user", "pass-word");
        string image = $"{registry.Authority}/private/base:1";
        string Auth(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + password));
        void Login(string password) => File.WriteAllText(
            Path.Combine(Configuration, "config.json"), "{\"auths\":{\"" + registry.Authority + "\":{\"auth\":\"" + Auth(password) + "\"}}}");
        Login("pass-word");
        Daemon.Docker("tag", "busybox:test", image).Run().Exits(0);
        Cli("push", image).Run().Exits(0);
        Daemon.Docker("rmi", image).Run().Exits(0);

        BuildCommand($"FROM {image}\nRUN echo there > /there", "-t", "private").Run().Exits(0);
        Assert.Equal("there", In("private", "cat /there"));
        Login("wrong");
        Assert.NotEqual(0, Cli("build", "--pull", ".").Run().ExitCode);
    }

    [Fact]
    public void Prune_WhatBuildsKeep_IsShownAndRemoved()
    {
        BuildCommand("FROM busybox:test\nRUN head -c 200000 /dev/zero > /zeros").Run().Exits(0);
        string usage = Daemon.Docker("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Size}}").Run().Exits(0).Stdout;
        Assert.Contains("Build Cache 1 ", usage, StringComparison.Ordinal);

        (int status, string body) = Daemon.Ask("POST", "/build/prune?all=1");
        Assert.Equal(200, status);
        Assert.Single(System.Text.Json.Nodes.JsonNode.Parse(body)!["CachesDeleted"]!.AsArray());
        Assert.Contains("Build Cache 0 ", Daemon.Docker("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Size}}").Run().Stdout, StringComparison.Ordinal);
    }

    private static byte[] Tar(params (string Name, string Content)[] files)
    {
        using MemoryStream stream = new();
        using (System.Formats.Tar.TarWriter writer = new(stream, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                });
            }
        }

        return stream.ToArray();
    }

    private static string Body(HttpResponseMessage answer)
    {
        using StreamReader reader = new(answer.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    private HttpResponseMessage Post(string path, byte[] body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        return Daemon.Client.Send(request);
    }
}
