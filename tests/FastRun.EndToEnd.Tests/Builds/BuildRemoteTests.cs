using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>ADD and contexts from servers that speak https, send elsewhere, break off, or claim more than there is.</summary>
public sealed class BuildRemoteTests : BuildTest
{
    private readonly X509Certificate2 _certificate = TestCertificate.Make("127.0.0.1");
    private readonly FaultyRegistry _server;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal) { ["/dir/file.txt"] = "of a server"u8.ToArray() };

    public BuildRemoteTests(TestImages images)
        : base(images)
    {
        _certificate.WriteTo(Trusted);
        _server = new FaultyRegistry(_certificate) { Answer = Answer };
    }

    private string Trusted => Path.Combine(Roots.Top, "trusted.pem");

    [Fact]
    public void Build_ADDOfAUrl_IsAFileOfItsNameAndTime()
    {
        string digest = FaultyRegistry.DigestOf(_files["/dir/file.txt"]);
        string dockerfile =
            $"""
            FROM busybox
            ADD {_server.Address}/dir/file.txt /into/
            ADD --chmod=644 --chown=5:6 {_server.Address}/moved /as
            ADD --checksum={digest} {_server.Address}/dir/file.txt?query=1 /checked/
            """;
        _ = Trusting(dockerfile, "-t", "made").Run().Exits(0);
        Assert.Equal("of a server 600 0:0 1577934245", In("made", "echo $(cat /into/file.txt) $(stat -c '%a %u:%g %Y' /into/file.txt)"));
        Assert.Equal("of a server 644 5:6 /checked/file.txt", In("made", "echo $(cat /as) $(stat -c '%a %u:%g' /as) $(ls /checked/*)"));

        // The content decides, whatever the server says about it.
        Assert.Equal(3, Trusting(dockerfile).Run().Exits(0).Stderr.Split(" CACHED\n").Length - 1);
        _files["/dir/file.txt"] = "changed"u8.ToArray();
        Assert.Contains($"digest mismatch {FaultyRegistry.DigestOf(_files["/dir/file.txt"])}: {digest}", Trusting(dockerfile).Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/missing", "the server answers 404")]
    [InlineData("/short", "")]
    [InlineData("/huge", "")]
    [InlineData("/reset", "")]
    [InlineData("/loop", "")]
    [InlineData("/insecure", "")]
    public void Build_ADDOfWhatAServerDoesNotGive_IsOneErrorThatNamesIt(string path, string words)
    {
        string output = Trusting($"FROM busybox\nADD {_server.Address}{path} /x").Run().Exits(1).Stderr;
        string line = Assert.Single(output.Split('\n'), static each => each.StartsWith("fastrun: ", StringComparison.Ordinal));
        Assert.Contains(_server.Authority, line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.Contains(">>> ADD", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AServerThatNobodyTrusts_IsRefused() => Assert.Contains(
        _server.Authority, BuildCommand($"FROM busybox\nADD {_server.Address}/dir/file.txt /x").Run().Exits(1).Stderr, StringComparison.Ordinal);

    [Theory]
    [InlineData("-cf")]
    [InlineData("-czf")]
    [InlineData("-cJf")]
    [InlineData("-cjf")]
    [InlineData("--zstd -cf")]
    public void Build_AnArchive_IsUnpackedWhateverItIsCompressedWith(string flags)
    {
        Write("tree/file", "in a tar");
        Write("tree/Dockerfile", "FROM busybox\nCOPY file /of-the-context\n");
        string archive = Path.Combine(ContextDirectory, "archive");
        _ = Command.Output("tar", ["-C", Path.Combine(ContextDirectory, "tree"), .. flags.Split(' '), archive, "."]);
        _files["/context"] = File.ReadAllBytes(archive);
        _ = Build("FROM busybox\nADD archive /unpacked/\nCOPY archive /copied", "-t", "made");
        Assert.Equal("in a tar", In("made", "cat /unpacked/file"));
        Assert.Equal("file", In("made", "test -f /copied && echo file"));
        _ = Trusting("", ["-t", "url"], _server.Address + "/context").Run().Exits(0);
        _ = Trusting("", ["-t", "local"], archive).Run().Exits(0);
        Assert.Equal("in a tarin a tar", In("url", "cat /of-the-context") + In("local", "cat /of-the-context"));
        Assert.Equal(IdOf("url"), IdOf("local"));
    }

    [Theory]
    [InlineData("-czf")]
    [InlineData("-cJf")]
    [InlineData("-cjf")]
    public void Build_AnArchiveThatEndsTooSoon_IsOneError(string flags)
    {
        Write("tree/file", string.Concat(Enumerable.Range(0, 600_000).Select(static i => (i * 7919 % 10_007).ToString(null, null))));
        string archive = Path.Combine(ContextDirectory, "archive");
        _ = Command.Output("tar", "-C", Path.Combine(ContextDirectory, "tree"), flags, archive, ".");
        byte[] content = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, content[..(content.Length * 2 / 3)]);
        string output = BuildCommand("FROM busybox\nADD archive /unpacked/").Run().Exits(1).Stderr;
        Assert.Single(output.Split('\n'), static each => each.StartsWith("fastrun: ", StringComparison.Ordinal));

        // What only begins like one is a file.
        File.WriteAllBytes(archive, content[..20]);
        _ = Build("FROM busybox\nADD archive /as-it-is", "-t", "made");
        Assert.Equal("20", In("made", "stat -c %s /as-it-is"));
    }

    [Fact]
    public void Build_ADockerfileOfAUrl_IsAContextWithoutFiles()
    {
        _files["/Dockerfile"] = "FROM busybox\nRUN echo fetched > /x\n"u8.ToArray();
        _ = Trusting("", ["-t", "made"], _server.Address + "/Dockerfile").Run().Exits(0);
        Assert.Equal("fetched", In("made", "cat /x"));
    }

    [Fact]
    public void Build_ANamedContextOfFiles_IsABaseAndASource()
    {
        string other = Roots.NewDirectory("other");
        File.Copy("/bin/busybox", Path.Combine(other, "sh"));
        _ = Directory.CreateDirectory(Path.Combine(other, "deep"));
        File.WriteAllText(Path.Combine(other, "deep", "file"), "of the context");
        File.WriteAllText(Path.Combine(other, ".dockerignore"), "**/secret");
        File.WriteAllText(Path.Combine(other, "deep", "secret"), "ignored");
        string archive = Path.Combine(Roots.Top, "other.tar.xz");
        _ = Command.Output("tar", "-C", other, "-cJf", archive, ".");
        string directory = Path.Combine(Roots.Top, "out");
        string output = Build(
            "FROM other AS base\nRUN [\"/sh\", \"-c\", \"read x < /deep/file; echo $x, too > /made\"]\nFROM scratch\nCOPY --from=base / /\nCOPY --from=packed deep /packed/",
            "--build-context", "other=" + other, "--build-context", "packed=" + archive, "-o", directory);
        Assert.Contains("FROM other AS base", output, StringComparison.Ordinal);
        Assert.Equal("of the context, too\n", File.ReadAllText(Path.Combine(directory, "made")));
        Assert.Equal("of the context", File.ReadAllText(Path.Combine(directory, "packed", "file")));
        Assert.False(File.Exists(Path.Combine(directory, "deep", "secret")));
    }

    [Fact]
    public void Build_AGitRepositoryOfAServer_IsAContextAndASource()
    {
        string repository = Roots.NewDirectory("repository");
        File.WriteAllText(Path.Combine(repository, "f"), "in git");
        _ = Directory.CreateDirectory(Path.Combine(repository, "sub"));
        File.WriteAllText(Path.Combine(repository, "sub", "Dockerfile"), "FROM busybox\nCOPY Dockerfile /x\n");
        Git(repository, "init", "-q", "-b", "main");
        Git(repository, "add", ".");
        Git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one");
        Git(repository, "tag", "v1");
        Git(repository, "config", "uploadpack.allowAnySHA1InWant", "true");
        string commit = Command.Output("git", "-C", repository, "rev-parse", "HEAD");

        using GitServer server = new(Roots.Top);
        string url = server.Url + "repository";
        _ = Trusting("", ["-t", "context"], url + "?tag=v1&subdir=sub").Run().Exits(0);
        Assert.Contains("FROM busybox", In("context", "cat /x"), StringComparison.Ordinal);
        _ = Trusting($"FROM busybox\nADD {url}#main /whole\nADD --checksum={commit} {url}#v1:sub /part\nADD --keep-git-dir=true {url} /kept", "-t", "made").Run().Exits(0);
        Assert.Equal("in git Dockerfile .git", In("made", "echo $(cat /whole/f) $(ls /part) $(cd /kept; ls -d .git); test ! -e /whole/.git"));
        Assert.Contains("expected checksum to match", Trusting($"FROM busybox\nADD {url}?commit=0123456789abcdef0123456789abcdef01234567#v1 /x").Run().Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Contains("in git", In("made", "cat /whole/f"), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _server.Dispose();
        _certificate.Dispose();
        base.Dispose(disposing);
    }

    private static void Git(string repository, params string[] arguments)
    {
        Command git = new("git", ["-C", repository, .. arguments]) { Environment = new Dictionary<string, string?> { ["GIT_CONFIG_GLOBAL"] = "/dev/null" } };
        _ = git.Run().Exits(0);
    }

    private Command Trusting(string dockerfile, params IReadOnlyList<string> flags) => Trusting(dockerfile, flags, ContextDirectory);

    private Command Trusting(string dockerfile, IReadOnlyList<string> flags, string context)
    {
        if (dockerfile.Length > 0)
        {
            Write("Dockerfile", dockerfile);
        }

        return FastRun(["build", "--progress", "plain", .. flags, context]) with { Environment = new Dictionary<string, string?> { ["SSL_CERT_FILE"] = Trusted } };
    }

    private bool Answer(FaultyExchange exchange)
    {
        string path = exchange.Request.Path.Split('?')[0];
        switch (path)
        {
            case "/moved":
                exchange.Respond(302, [], "Location: /dir/file.txt");
                break;
            case "/loop":
                exchange.Respond(302, [], "Location: /loop");
                break;
            case "/insecure":
                exchange.Respond(302, [], $"Location: http://{_server.Authority}/dir/file.txt");
                break;
            case "/short":
                exchange.Head(200, "Content-Length: 100");
                exchange.Send("too little"u8);
                exchange.Close();
                break;
            case "/huge":
                exchange.Head(200, "Content-Length: 1125899906842624");
                exchange.Send(new byte[100_000]);
                exchange.Close();
                break;
            case "/reset":
                exchange.Reset();
                break;
            case var _ when _files.TryGetValue(path, out byte[]? content):
                // No ETag.
                exchange.Respond(200, content, "Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT");
                break;
            default:
                exchange.Respond(404, Encoding.ASCII.GetBytes("not here"));
                break;
        }

        return true;
    }
}
