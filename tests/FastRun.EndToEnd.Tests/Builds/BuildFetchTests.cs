using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>What ADD fetches, and does not fetch again; how much the cache of builds may occupy.</summary>
public sealed class BuildFetchTests(TestImages images) : BuildTest(images)
{
    private readonly FaultyRegistry _server = new();
    private byte[] _content = "first"u8.ToArray();
    private string _tag = "\"one\"";
    private int _bodies;
    private int _unchanged;

    [Fact]
    public void AddUrl_ThatIsTheSame_IsAskedForButNotFetched()
    {
        Serve(withTag: true);
        string dockerfile = $"FROM busybox\nADD {_server.Address}/some/file /file";
        _ = Build(dockerfile, "-t", "made");
        Assert.Contains(" CACHED\n", Build(dockerfile, "-t", "again"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (_bodies, _unchanged));
        Assert.Equal(IdOf("made"), IdOf("again"));

        // Where the step is to be done, it is fetched.
        _ = Build(dockerfile, "-t", "made", "--no-cache");
        Assert.Equal((2, 2), (_bodies, _unchanged));
        Assert.Equal("first", In("made", "cat /file"));

        (_content, _tag) = ("second"u8.ToArray(), "\"two\"");
        _ = Build(dockerfile, "-t", "made");
        Assert.Equal("second", In("made", "cat /file"));
        Assert.Equal((3, 2), (_bodies, _unchanged));
    }

    [Fact]
    public void AddUrl_OfWhichNothingIsSaid_IsFetchedEachTime()
    {
        Serve(withTag: false);
        string dockerfile = $"FROM busybox\nADD {_server.Address}/file /file";
        _ = Build(dockerfile);
        Assert.Contains(" CACHED\n", Build(dockerfile), StringComparison.Ordinal);
        Assert.Equal((2, 0), (_bodies, _unchanged));
    }

    [Fact]
    public void AddUrl_WithItsChecksum_NobodyIsAsked()
    {
        Serve(withTag: false);
        string dockerfile = $"FROM busybox\nADD --checksum={FaultyRegistry.DigestOf(_content)} {_server.Address}/file /file";
        _ = Build(dockerfile);
        int requests = _server.Requests.Count;
        Assert.Contains(" CACHED\n", Build(dockerfile), StringComparison.Ordinal);
        Assert.Equal(requests, _server.Requests.Count);
        CommandResult other = BuildCommand(dockerfile.Replace("sha256:", "sha256:00000000", StringComparison.Ordinal)).Run();
        Assert.NotEqual(0, other.ExitCode);
    }

    [Fact]
    public void AddUrl_ThatChangesBetweenTheQuestionAndTheAnswer_Fails()
    {
        Serve(withTag: true);
        string dockerfile = $"FROM busybox\nADD {_server.Address}/file /file";
        _ = Build(dockerfile);
        _content = "other"u8.ToArray();
        Assert.Contains("it changed while it was added", BuildCommand(dockerfile, "--no-cache").Run().Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void StorageLimit_RemovesWhatBuildsUsedLongestAgo()
    {
        string[] cached(int number) => ["build", "--progress", "plain", ContextDirectory, "--build-arg", $"N={number}"];
        _ = BuildCommand("FROM busybox\nARG N\nRUN dd if=/dev/urandom of=/data bs=1M count=8").Run().Exits(0);
        _ = FastRun("image", "prune", "-f").Run().Exits(0);
        _ = FastRun(cached(1)).Run().Exits(0);
        _ = FastRun("image", "prune", "-f").Run().Exits(0);
        string[] steps = Directory.GetFiles(Path.Combine(Roots.Data, "build-cache", "steps"));
        Assert.Equal(2, steps.Length);
        File.SetLastWriteTimeUtc(steps[0], DateTime.UtcNow.AddHours(-1));
        Write("Dockerfile", "FROM busybox\nARG N\nRUN dd if=/dev/urandom of=/data bs=1M count=2");
        string output = FastRun(["--storage-limit", "17m", .. cached(2)]).Run().Exits(0).Stderr;
        Assert.Contains("storage limit: 1 steps", output, StringComparison.Ordinal);
        Assert.False(File.Exists(steps[0]));
        Assert.True(File.Exists(steps[1]));
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void AddGit_OfACommitThatIsKnown_IsNotFetched()
    {
        string repository = Roots.NewDirectory("repository");
        string Git(params string[] arguments) => Command.Output("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@b", .. arguments]).Trim();
        _ = Git("init", "-q", "-b", "main");
        File.WriteAllText(Path.Combine(repository, "file"), "first");
        _ = Git("add", "file");
        _ = Git("commit", "-q", "-m", "first");
        using GitServer server = new(Roots.Top);
        string dockerfile = $"FROM busybox\nADD {server.Url}repository/.git#main /app";
        _ = Build(dockerfile, "-t", "made");
        Assert.Equal("first", In("made", "cat /app/file"));
        int before = server.Requests;
        Assert.Contains(" CACHED\n", Build(dockerfile, "-t", "again"), StringComparison.Ordinal);
        Assert.Equal(1, server.Requests - before);
        Assert.Equal(IdOf("made"), IdOf("again"));
        _ = Build(dockerfile, "-t", "made", "--no-cache");
        Assert.Equal("first", In("made", "cat /app/file"));
        File.WriteAllText(Path.Combine(repository, "file"), "second");
        _ = Git("commit", "-q", "-a", "-m", "second");
        _ = Build(dockerfile, "-t", "made");
        Assert.Equal("second", In("made", "cat /app/file"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _server.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Serve(bool withTag) => _server.Answer = exchange =>
    {
        if (withTag && exchange.Request.Header("If-None-Match") == _tag)
        {
            System.Threading.Interlocked.Increment(ref _unchanged);
            exchange.Respond(304, [], "ETag: " + _tag);
        }
        else
        {
            System.Threading.Interlocked.Increment(ref _bodies);
            exchange.Respond(200, _content, withTag ? ["ETag: " + _tag, "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT"] : []);
        }

        return true;
    };
}
