using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Libraries that programs speak to Docker with, against <c>fastrun daemon</c>. The programs are in <c>Clients/</c>.</summary>
public sealed class ClientLibraryTests(TestImages images) : ClientTest(images)
{
    [Fact]
    public void Python_DoesWhatProgramsDo() =>
        Assert.Equal("ok", Client("/usr/bin/python3", Script("docker_py.py")).Run().Output);

    [Fact]
    public void Dockerode_DoesWhatProgramsDo() => Assert.Equal("ok", Node("dockerode.js").Run().Output);

    [Fact]
    public void Ruby_DoesWhatProgramsDo()
    {
        string tree = Path.Combine(Repository.Root, "artifacts", "peers", "ruby", "usr");
        string program = Path.Combine(tree, "bin", "ruby3.1");
        Assert.SkipUnless(File.Exists(program), "Debian's Ruby and its library for Docker could not be fetched");
        string native = Directory.GetDirectories(Path.Combine(tree, "lib"), "*-linux-gnu")[0];
        string libraries = string.Join(
            ':',
            [
                .. Directory.GetDirectories(Path.Combine(tree, "share", "rubygems-integration", "all", "gems")).Select(static gem => Path.Combine(gem, "lib")),
                Path.Combine(tree, "lib", "ruby", "vendor_ruby"), Path.Combine(tree, "lib", "ruby", "3.1.0"), Path.Combine(native, "ruby", "3.1.0"),
            ]);
        Command client = Client(program, "--disable-gems", "-rrubygems", "-rrubygems/package", Script("ruby_docker.rb"));

        Assert.Equal("ok", With(client, ("LD_LIBRARY_PATH", native), ("RUBYLIB", libraries)).Run().Output);
    }

    [Fact]
    public void Testcontainers_TidiedUpByItself_LeavesNothing()
    {
        Assert.Equal("ok", With(Node("testcontainers.js"), ("TESTCONTAINERS_RYUK_DISABLED", "true")).Run().Lines[^1]);

        Assert.Equal("", Run("ps", "-aq").Output);
    }

    [Fact]
    public void Testcontainers_ThatCrash_AreTidiedUpByTheReaper()
    {
        string reaper = Path.Combine(Roots.Top, "reaper");
        _ = Command.Output("gcc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", reaper, Script("reaper.c"));
        string tar = Path.Combine(Roots.Top, "reaper.tar");
        File.WriteAllBytes(tar, BusyboxRoot.SmallTar().Directory("var").Directory("var/run").File("reaper", File.ReadAllBytes(reaper), mode: 0x1ED).ToArray());
        Run("import", "--change", "ENTRYPOINT [\"/reaper\"]", "--change", "EXPOSE 8080", tar, "reaper:test").Exits(0);

        string session = With(Node("testcontainers.js", "leave"), ("RYUK_CONTAINER_IMAGE", "reaper:test")).Run().Lines[^1]["ok ".Length..];

        Assert.True(Guid.TryParse(session, out _) || session.Length > 8, session);
        Assert.True(Processes.Eventually(() => Run("ps", "-aq").Output.Length == 0), Run("ps", "-a").Output);
        Assert.True(Processes.Eventually(() => Run("network", "ls", "-q", "-f", "label=org.testcontainers=true").Output.Length == 0));
        Assert.Equal("1", Run("images", "-q", "busybox:test").Lines.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private Command Node(string script, params IReadOnlyList<string> words)
    {
        RequireModules();
        return Client("node", [Script(script), .. words]);
    }
}
