using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build</c>: instructions and the image that they make.</summary>
public sealed class BuildStepsTests(TestImages images) : BuildTest(images)
{
    [Fact]
    public void Build_MakesAnImageThatRuns()
    {
        string output = Build(
            """
            FROM busybox
            ENV GREETING=hello
            WORKDIR /work
            RUN echo "$GREETING from $PWD" > said && echo seen
            CMD ["cat", "said"]
            """,
            "-t", "made:1",
            "-t", "example.test/made:2");
        Assert.Equal("hello from /work", FastRun("run", "--rm", "made:1").Run().Output);
        Assert.Equal(IdOf("made:1"), IdOf("example.test/made:2"));
        Assert.Contains("[3/3] RUN echo", output, StringComparison.Ordinal);
        Assert.Matches("#[0-9]+ [0-9.]+ seen\n", output);
        Assert.Contains($"writing image {IdOf("made:1")} done", output, StringComparison.Ordinal);
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void Build_TheConfigAndItsHistoryAreDockers()
    {
        _ = Build(
            """
            FROM busybox
            ARG WHO=me
            ENV A=1 B="two words"
            LABEL tier=test
            EXPOSE 80 53/udp
            VOLUME /data
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=30s --retries=3 CMD true
            SHELL ["/bin/sh", "-e", "-c"]
            RUN echo $WHO > /who
            ONBUILD RUN echo triggered > /tmp/triggered
            USER build
            ENTRYPOINT ["/bin/echo"]
            CMD ["a b", "c"]
            """,
            "-t",
            "made");
        Assert.Equal(
        [
            "ARG WHO=me",
            "ENV A=1 B=two words",
            "LABEL tier=test",
            "EXPOSE [53/udp 80/tcp]",
            "VOLUME [/data]",
            "STOPSIGNAL SIGINT",
            "HEALTHCHECK &{[\"CMD-SHELL\" \"true\"] \"30s\" \"0s\" \"0s\" \"0s\" '\\x03'}",
            "SHELL [/bin/sh -e -c]",
            "RUN |1 WHO=me /bin/sh -e -c echo $WHO > /who # buildkit",
            "USER build",
            "ENTRYPOINT [\"/bin/echo\"]",
            "CMD [\"a b\" \"c\"]",
        ],
        History("made")[^12..]);
        Assert.Equal("a b c", FastRun("run", "--rm", "made").Run().Output);
        Assert.Equal("me", In("made", "cat /who"));

        _ = Build("FROM made\nUSER root\nRUN test -f /tmp/triggered", "-t", "child");
        Assert.Equal("triggered", In("child", "cat /tmp/triggered"));
        Assert.True(Inspect("child")["Config"]!["OnBuild"] is null);
    }

    [Fact]
    public void Build_RUN_LeavesNothingOfItsMountsInTheLayer()
    {
        string id = Build(
            """
            FROM busybox
            RUN --mount=type=cache,target=/deep/cache --mount=type=tmpfs,target=/deep/tmp --mount=type=secret,id=key,target=/deep/secret/key \
                cat /deep/secret/key > /copied && echo kept > /deep/cache/file && echo gone > /deep/tmp/file && mount | grep -c /deep > /mounts
            """,
            "--secret", "id=key,src=" + Roots.NewFile("key", "s3cret"), "-t", "made");
        Assert.Equal("s3cret 3", In("made", "echo $(cat /copied /mounts)").Replace("s3cret3", "s3cret 3", StringComparison.Ordinal));

        // In the layer there is what the command wrote, and nothing else: no targets, no /etc, no /proc.
        string archive = Path.Combine(Roots.Top, "made.tar");
        _ = FastRun("save", "--format", "docker-archive", "-o", archive, "made").Run().Exits(0);
        Assert.DoesNotContain("s3cret", string.Join('\n', History("made")), StringComparison.Ordinal);
        string work = Roots.NewDirectory("work");
        _ = Command.Output("tar", "-C", work, "-xf", archive);
        string top = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(work, "manifest.json")))![0]!["Layers"]!.AsArray()[^1]!.ToString();
        Assert.Equal(["copied", "mounts"], Command.Run("tar", "-tf", Path.Combine(work, top)).Lines.Where(static name => name is not ("./" or "/")).Order());
        Assert.NotEmpty(id);

        // The cache is there for the next build, and its content is in no image.
        _ = Build("FROM busybox\nRUN --mount=type=cache,target=/deep/cache cat /deep/cache/file > /again", "-t", "again");
        Assert.Equal("kept", In("again", "cat /again; ls / | grep deep; true"));
    }

    [Fact]
    public void Build_ARGs_FollowTheRulesOfScope()
    {
        _ = Build(
            """
            ARG BASE=nowhere
            ARG SHARED=global
            FROM ${BASE}
            ARG SHARED
            ARG OWN=default
            ARG GIVEN=default
            ENV MIXED=${OWN}-${GIVEN}
            RUN echo "$SHARED $OWN $GIVEN $MIXED ${BASE:-unseen} $TARGETARCH" > /args
            ARG TARGETARCH
            RUN echo "$TARGETARCH" > /arch
            """,
            "--build-arg", "BASE=busybox", "--build-arg", "GIVEN=given", "-t", "made");
        Assert.Equal("global default given default-given unseen", In("made", "cat /args").TrimEnd());
        Assert.Equal(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64", In("made", "cat /arch"));
    }

    [Fact]
    public void Build_StagesThatAreNotNeeded_AreNotBuilt()
    {
        string output = Build(
            """
            FROM busybox AS base
            RUN echo base > /base
            FROM busybox AS broken
            RUN exit 3
            FROM base AS final
            RUN cat /base > /final
            """,
            "-t", "made");
        Assert.DoesNotContain("exit 3", output, StringComparison.Ordinal);
        Assert.Equal("base", In("made", "cat /final"));
        _ = Build("FROM busybox AS one\nRUN echo 1 > /n\nFROM busybox AS two\nRUN exit 3", "--target", "one", "-t", "one");
        Assert.Equal("1", In("one", "cat /n"));
        BuildCommand("FROM busybox AS one", "--target", "none", "--progress", "quiet").Run().FailsWith(1, "target stage \"none\" could not be found");
    }

    [Fact]
    public void Build_UserAndWorkdir_AreThoseOfTheSteps()
    {
        _ = Build(
            """
            FROM busybox
            USER build
            WORKDIR /home/build/deep/er
            RUN id -u > who && pwd >> who
            WORKDIR ../other
            RUN pwd > where
            """,
            "-t",
            "made");
        Assert.Equal("1000\n/home/build/deep/er", In("made", "cat /home/build/deep/er/who"));
        Assert.Equal("/home/build/deep/other 1000 1000", In("made", "echo $(cat /home/build/deep/other/where) $(stat -c '%u' /home/build/deep /home/build/deep/other)"));
        Assert.Equal("/home/build/deep/other", Inspect("made")["Config"]!["WorkingDir"]!.ToString());
    }

    [Fact]
    public void Build_Scratch_HasOnlyTheSettings()
    {
        _ = Build("FROM scratch\nLABEL a=b\nCMD [\"/none\"]", "-t", "empty");
        Assert.Equal("b", Inspect("empty")["Config"]!["Labels"]!["a"]!.ToString());
        Assert.Empty(Inspect("empty")["RootFS"]!["Layers"]?.AsArray().ToArray() ?? []);
        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("run", "--rm", "empty").Run().Exits(127);
    }

    [Fact]
    public void Build_HereDocuments_AreScripts()
    {
        _ = Build(
            """
            FROM busybox
            RUN <<EOF
            echo one > /lines
            echo two >> /lines
            EOF
            RUN <<SCRIPT
            #!/bin/cat
            a script of its own
            SCRIPT
            """,
            "-t",
            "made");
        Assert.Equal("one\ntwo", In("made", "cat /lines"));
        Assert.Equal("none", In("made", "ls /dev/pipes 2> /dev/null || echo none"));
    }

    [Fact]
    public void Build_FlagsOfTheClassicBuilder_AreTakenWhereTheySayWhatIs()
    {
        string[] flags = ["--rm", "--force-rm", "--compress", "--isolation", "default", "--disable-content-trust", "-t", "made"];
        _ = BuildCommand("FROM busybox\nRUN echo x > /x", flags).Run().Exits(0);
        Assert.Equal("x", In("made", "cat /x"));

        _ = BuildCommand("FROM busybox", "--rm=false").Run().FailsWith(125, "'false' is not supported");
        _ = FastRun("rmi", "--no-prune", "made").Run().Exits(0);
    }

    [Fact]
    public void Build_IidFileAndQuiet_TellTheId()
    {
        string file = Path.Combine(Roots.Top, "iid");
        CommandResult result = BuildCommand("FROM busybox\nRUN echo x > /x", "-q", "--iidfile", file, "--metadata-file", file + ".json", "-t", "made").Run().Exits(0);
        Assert.Equal(result.Output, (string)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file + ".json"))!["containerimage.config.digest"]!);
        Assert.Equal("", result.Stderr);
        Assert.Equal(File.ReadAllText(file), result.Output);
        Assert.Equal("x", In(result.Output, "cat /x"));
    }
}
