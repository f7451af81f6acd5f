using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build</c>: COPY and ADD, from the context and from stages, and what makes them anew.</summary>
public sealed class BuildCopyTests(TestImages images) : BuildTest(images)
{
    [Fact]
    public void Build_COPY_TakesFilesOfTheContext()
    {
        Write("src/main.c", "int main;");
        Write("src/deep/er.c", "1");
        Write("secret.env", "no");
        Write(".dockerignore", "*.env\nDockerfile\n");
        _ = Build(
            """
            FROM busybox
            WORKDIR /app
            COPY . .
            COPY --chown=build:1000 --chmod=640 src/main.c /owned/
            COPY src/*.c src/deep/er.c /all/
            COPY <<EOF <<other /inline/
            first $HOME_IS_NOT_SET
            EOF
            second
            other
            """,
            "-t",
            "made");
        Assert.Equal("./src ./src/deep ./src/deep/er.c ./src/main.c", In("made", "cd /app && echo $(find . -mindepth 1 ! -name .dockerignore | sort)"));
        Assert.Equal("1000:1000 640", In("made", "stat -c '%u:%g %a' /owned/main.c"));
        Assert.Equal("er.c main.c", In("made", "echo $(ls /all)"));
        Assert.Equal("first\nsecond", In("made", "cat /inline/EOF /inline/other").Replace("first \n", "first\n", StringComparison.Ordinal));
        Assert.Contains("COPY --chown=build:1000 --chmod=640 src/main.c /owned/ # buildkit", History("made"));
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void Build_COPYFromAStage_TakesWhatItHas()
    {
        _ = FastRun("exec", "--no-workspace", Images.Layered, "--", "true").Run().Exits(0);
        string output = Build(
            """
            FROM busybox AS tools
            RUN mkdir -p /out/bin && echo tool > /out/bin/tool && ln -s tool /out/bin/link && chown 12:34 /out/bin/tool
            FROM scratch AS empty
            FROM busybox
            COPY --from=tools /out /opt
            COPY --from=0 /out/bin/tool /numbered
            COPY --from=layered /case/kept /kept
            RUN --mount=type=bind,from=tools,source=/out/bin,target=/mnt cat /mnt/link > /bound && ! touch /mnt/new
            """,
            "-t",
            "made");
        Assert.Equal("tool tool 12:34", In("made", "echo $(cat /opt/bin/link /numbered) $(stat -c %u:%g /opt/bin/tool)"));
        Assert.Equal("1tool no", In("made", "echo $(cat /kept /bound) $(test -e /mnt && echo yes || echo no)"));
        Assert.Contains("[tools 2/2] RUN mkdir", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AFileThatChanges_MakesItsCopyAnewAndWhatFollows()
    {
        const string dockerfile = "FROM busybox\nCOPY one /one\nCOPY two /two\nRUN cat /two > /three";
        Write("one", "1");
        Write("two", "2");
        _ = Build(dockerfile, "-t", "first");
        File.SetLastWriteTimeUtc(Path.Combine(ContextDirectory, "one"), DateTime.UnixEpoch);
        Assert.Equal(3, Count(Build(dockerfile, "-t", "same"), " CACHED\n"));
        Assert.Equal(IdOf("first"), IdOf("same"));
        Write("two", "3");
        Assert.Equal(1, Count(Build(dockerfile, "-t", "second"), " CACHED\n"));
        Assert.Equal("3", In("second", "cat /three"));
        Write("other", "not copied");
        Assert.Equal(3, Count(Build(dockerfile), " CACHED\n"));
    }

    [Fact]
    public void Build_COPYLink_StaysCachedOnAnotherBase()
    {
        Write("file", "content");
        _ = Build("FROM busybox\nRUN echo 1 > /base\nCOPY --link file /deep/file", "-t", "first");
        string output = Build("FROM busybox\nRUN echo 2 > /base\nCOPY --link file /deep/file", "-t", "second");
        Assert.Equal(1, Count(output, " CACHED\n"));
        Assert.Equal("2 content", In("second", "echo $(cat /base /deep/file)"));
    }

    [Theory]
    [InlineData("COPY missing /", "\"/missing\": not found")]
    [InlineData("COPY ../outside /", "\"/outside\": not found")]
    [InlineData("COPY --from=none /x /", "none")]
    [InlineData("COPY --chown=nobody-here one /", "unable to find user nobody-here")]
    [InlineData("COPY one two /three", "destination must be a directory")]
    [InlineData("ADD --checksum=sha256:00 one /", "checksum")]
    public void Build_ACopyThatCannotBe_IsOneError(string instruction, string words)
    {
        Write("one", "1");
        Write("two", "2");
        Assert.Contains(words, BuildCommand($"FROM busybox\n{instruction}").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ADD_UnpacksWhatIsHereAndFetchesTheRest()
    {
        Write("tree/file", "in a tar");
        _ = Command.Output("tar", "-C", Path.Combine(ContextDirectory, "tree"), "-czf", Path.Combine(ContextDirectory, "tree.tgz"), "file");
        const string dockerfile = "FROM busybox\nADD tree.tgz /unpacked/\nCOPY tree.tgz /copied/\nADD --unpack=false tree.tgz /added/\nADD tree /tree";
        _ = Build(dockerfile, "-t", "made");
        Assert.Equal("in a tar in a tar /added/tree.tgz /copied/tree.tgz", In("made", "echo $(cat /unpacked/file) $(cat /tree/file) $(ls /added/* /copied/*)"));
        Assert.Equal(4, Count(Build(dockerfile), " CACHED\n"));
    }

    [Fact]
    public void Build_AContextThatIsNoDirectory_IsReadFromStandardInput()
    {
        Command build = FastRun("build", "-t", "piped", "-") with { Stdin = "FROM busybox\nRUN echo piped > /x\n" };
        _ = build.Run().Exits(0);
        Assert.Equal("piped", In("piped", "cat /x"));
        Write("file", "of the directory");
        build = FastRun("build", "-t", "split", "-f", "-", ContextDirectory) with { Stdin = "FROM busybox\nCOPY file /x\n" };
        _ = build.Run().Exits(0);
        Assert.Equal("of the directory", In("split", "cat /x"));
        Write("Dockerfile", "FROM busybox\nCOPY file /x\n");
        string tar = Path.Combine(Roots.Top, "context.tar");
        _ = Command.Output("tar", "-C", ContextDirectory, "-cf", tar, ".");
        _ = FastRun("build", "-t", "tarred", tar).Run().Exits(0);
        Assert.Equal("of the directory", In("tarred", "cat /x"));
    }

    [Fact]
    public void Build_NamedContexts_AreWhatFromMeans()
    {
        string other = Roots.NewDirectory("other");
        File.WriteAllText(Path.Combine(other, "file"), "of another");
        _ = FastRun("exec", "--no-workspace", Images.Layered, "--", "true").Run().Exits(0);
        _ = Build(
            """
            FROM base
            COPY --from=files file /one
            COPY --from=image /case/kept /two
            RUN --mount=type=bind,from=files,target=/mnt cp /mnt/file /three
            """,
            "--build-context", "base=docker-image://busybox", "--build-context", "files=" + other, "--build-context", "image=docker-image://layered", "-t", "made");
        Assert.Equal("of another of another 1", In("made", "echo $(cat /one) $(cat /three) $(cat /two)"));
    }

    [Fact]
    public void Build_AContextsLinks_LeadNowhereElse()
    {
        string outside = Roots.NewFile("outside", "secret");
        _ = Directory.CreateDirectory(ContextDirectory);
        File.CreateSymbolicLink(Path.Combine(ContextDirectory, "link"), outside);
        Assert.Contains("not found", BuildCommand("FROM busybox\nCOPY link /x").Run().Exits(1).Stderr, StringComparison.Ordinal);
        _ = Build("FROM busybox\nCOPY . /all", "-t", "made");
        Assert.Equal(outside, In("made", "readlink /all/link"));
    }

    [Fact]
    public void Build_ABindOfTheContext_IsWithoutWhatIsIgnored()
    {
        Write("in/file", "1");
        Write("in/ignored", "2");
        const string dockerfile = "FROM busybox\nRUN --mount=type=bind,source=in,target=/in ls /in > /seen";
        _ = Build(dockerfile, "-t", "all");
        Assert.Equal("file ignored", In("all", "echo $(cat /seen)"));
        Write(".dockerignore", "**/ignored");
        _ = Build(dockerfile, "-t", "some");
        Assert.Equal("file", In("some", "cat /seen"));
        Assert.Equal(1, Count(Build(dockerfile), " CACHED\n"));
        _ = Build("FROM busybox\nRUN --mount=type=bind,target=/in,rw echo x > /in/written && cat /in/written > /seen", "-t", "rw");
        Assert.False(File.Exists(Path.Combine(ContextDirectory, "written")));
        Assert.Equal("x", In("rw", "cat /seen"));
    }

    [Fact]
    public void Build_Outputs_AreTheFilesOrTheImage()
    {
        Write("file", "content");
        const string dockerfile = "FROM scratch\nCOPY file /deep/file";
        string directory = Path.Combine(Roots.Top, "out");
        _ = Build(dockerfile, "-o", directory);
        Assert.Equal("content", File.ReadAllText(Path.Combine(directory, "deep", "file")));
        string tar = Path.Combine(Roots.Top, "out.tar");
        _ = Build(dockerfile, "--output", "type=tar,dest=" + tar);
        Assert.Equal(["deep/", "deep/file"], Command.Run("tar", "-tf", tar).Lines.Select(static name => name.TrimStart('.').TrimStart('/')).Where(static name => name.Length > 0).Order());
        string archive = Path.Combine(Roots.Top, "image.tar");
        _ = Build(dockerfile, "-t", "made:1", "-o", "type=oci,dest=" + archive);
        Assert.Contains("made", Command.Output("skopeo", "--insecure-policy", "inspect", "--raw", "oci-archive:" + archive) + " made", StringComparison.Ordinal);
        BuildCommand(dockerfile, "--progress", "quiet", "-o", "type=image,compression=zstd").Run().FailsWith(125, "compression is not available yet");
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
