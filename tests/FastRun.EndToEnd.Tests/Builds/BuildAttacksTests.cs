using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Dockerfiles, contexts and stages that try to reach the host, or to leave a secret behind: docs/security.md, "Builds".</summary>
public sealed class BuildAttacksTests(TestImages images) : BuildTest(images)
{
    [Fact]
    public void Build_LinksOfStages_LeadToTheirOwnFiles()
    {
        string host = Roots.NewDirectory("host");
        File.WriteAllText(Path.Combine(host, "secret"), "of the host");
        Write("file", "of the context");
        string up = "/../../../../../../../.." + host;
        string output = Build(
            $"""
            FROM busybox AS evil
            RUN mkdir -p {host} && echo of the stage > {host}/secret && ln -s {host} /absolute && ln -s {up} /relative && ln -s {host}/secret /file
            FROM evil AS writes
            COPY file /absolute/written
            COPY file /relative/more/
            ADD file /file
            WORKDIR /absolute/work
            RUN --mount=type=bind,target=/relative/mounted,rw echo x > /relative/mounted/file && touch made
            RUN --mount=type=cache,target=/absolute/cached touch /absolute/cached/x
            RUN --mount=type=tmpfs,target=/relative/tmpfs touch /relative/tmpfs/x
            RUN --mount=type=secret,id=s,target=/absolute/secret2 cat /absolute/secret2 > /dev/null
            FROM scratch
            COPY --from=evil /absolute/secret /one
            COPY --from=evil /relative/secret /two
            COPY --from=evil /file /three
            COPY --from=writes {host} /all
            """,
            "--secret", "id=s,src=" + Path.Combine(ContextDirectory, "file"), "-o", Path.Combine(Roots.Top, "out"));
        Assert.DoesNotContain("of the host", output, StringComparison.Ordinal);
        foreach (string name in (string[])["one", "two", "three"])
        {
            Assert.Equal("of the stage\n", File.ReadAllText(Path.Combine(Roots.Top, "out", name)));
        }

        Assert.True(File.Exists(Path.Combine(Roots.Top, "out", "all", "written")));
        Assert.True(File.Exists(Path.Combine(Roots.Top, "out", "all", "work", "made")));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(host).Select(Path.GetFileName));
        Assert.Equal("of the host", File.ReadAllText(Path.Combine(host, "secret")));
    }

    [Fact]
    public void Build_WhatACacheMountHolds_LeadsNowhereElse()
    {
        // CVE-2024-23651: a cache's content decides what the next step's mount of a part of it is.
        string host = Roots.NewDirectory("host");
        File.WriteAllText(Path.Combine(host, "secret"), "of the host");
        string output = BuildCommand(
            $"""
            FROM busybox AS seed
            RUN mkdir /part
            FROM busybox
            RUN --mount=type=cache,id=shared,target=/c ln -s {host} /c/link && ln -s / /c/root
            RUN --mount=type=cache,id=shared,target=/c cat /c/link/secret /c/root{host}/secret || true
            RUN --mount=type=cache,id=shared,target=/c,from=seed,source=link cat /c/secret || true
            RUN --mount=type=bind,from=seed,source=../../../..{host},target=/b cat /b/secret || true
            """).Run().Stderr;
        Assert.DoesNotContain("of the host", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TargetsOfMounts_AreNotCleanedUpOnTheHost()
    {
        // CVE-2024-23652: the builder removed what it had made for a mount, through a link that the step had put there.
        string host = Roots.NewDirectory("host");
        File.WriteAllText(Path.Combine(host, "file"), "stays");
        _ = Build(
            $"""
            FROM busybox
            RUN --mount=type=tmpfs,target=/a/b/c --mount=type=secret,id=s,target=/a/d rm -rf /a/e; mv /a /moved 2>/dev/null; ln -s {host} /a 2>/dev/null; ln -s {host}/file /a/d 2>/dev/null; true
            RUN --mount=type=tmpfs,target=/x{host} true
            """,
            "--secret", "id=s,src=" + Roots.NewFile("secret", "x"), "-t", "made");
        Assert.Equal("stays", File.ReadAllText(Path.Combine(host, "file")));
        Assert.Equal("no", In("made", $"test -e /x && echo yes || echo no"));
    }

    [Fact]
    public void Build_ASecret_IsInNoFileThatStays()
    {
        string secret = "secret-" + Guid.NewGuid().ToString("N");
        string output = Build(
            """
            FROM busybox
            RUN --mount=type=secret,id=file --mount=type=secret,id=variable,env=VARIABLE test "$(cat /run/secrets/file)" = "$VARIABLE" && test -n "$VARIABLE"
            RUN --mount=type=secret,id=file,target=/etc/token wc -c < /etc/token > /size
            RUN test ! -s /etc/token && test ! -e /run/secrets/file && test -z "$VARIABLE"
            """,
            "--secret", "id=file,src=" + Roots.NewFile("token", secret), "--secret", "id=variable,src=" + Path.Combine(Roots.Top, "token"),
            "--trace", Path.Combine(Roots.Top, "trace"), "-t", "made");
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        File.Delete(Path.Combine(Roots.Top, "token"));
        byte[] wanted = Encoding.ASCII.GetBytes(secret);
        foreach (string file in Directory.EnumerateFiles(Roots.Top, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(wanted) < 0, $"the secret is in {file}");
        }

        Assert.DoesNotContain(secret, FastRun("image", "inspect", "made").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AWhiteoutOfTheContext_HidesNothing()
    {
        // For an overlay a device 0:0 means that nothing is there, and such attributes that a directory is another one.
        Write("dir/file", "x");
        using (Process make = Process.Start("mknod", [Path.Combine(ContextDirectory, "dir", "passwd"), "c", "0", "0"]))
        {
            make.WaitForExit();
            Assert.SkipWhen(make.ExitCode != 0, "devices cannot be made here");
        }

        foreach (string flags in (string[])["", "--link "])
        {
            string output = BuildCommand($"FROM busybox\nCOPY {flags}dir /new/\n").Run().Exits(1).Stderr;
            Assert.Contains("passwd", output, StringComparison.Ordinal);
        }

        BuildCommand("FROM busybox\nCOPY dir /etc/\n").Run().Exits(1);
    }

    [Fact]
    public void Build_AnotherFrontend_IsNeitherFetchedNorRun()
    {
        string output = Build("# syntax=127.0.0.1:1/evil:latest\nFROM busybox\nRUN echo built\n");
        Assert.DoesNotContain("127.0.0.1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AStep_HasNoMoreRightsThanAContainer()
    {
        string output = Build("FROM busybox\nRUN grep -E '^(CapEff|CapBnd|Seccomp|NoNewPrivs):' /proc/self/status && cat /proc/1/comm && ! mount -t tmpfs none /mnt && mknod /x b 8 0 && ! head -c 1 /x && rm /x");
        string expected = Exec([], "grep", "-E", "^CapBnd:", "/proc/self/status").Output;
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", output, StringComparison.Ordinal);
    }
}
