using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Options;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;
using FastRun.Native.Cgroups;

namespace FastRun.Tests.Cli.Commands;

public sealed class ExecCommandTests
{
    private static ContainerCreateRequest Parse(params string[] arguments)
    {
        var command = new ExecCommand();
        var operands = new List<string>();
        new OptionParser(command.BuildOptions()).Parse(arguments, command.Interspersed, operands);
        return command.Request(operands);
    }

    [Fact]
    public void Request_NoFlags_WorkspaceIsTheCurrentDirectoryAtItsOwnPath()
    {
        ContainerCreateRequest request = Parse("img", "--", "make", "test");

        string here = Environment.CurrentDirectory;
        Assert.Equal("img", request.Image);
        Assert.Equal(["make", "test"], request.Command);
        Assert.Equal(new Workspace(here, here, ReadOnly: false), request.Workspace);
        Assert.Null(request.Network);
        Assert.Null(request.Entrypoint);
        Assert.False(request.Limits.Any);
    }

    [Fact]
    public void Request_NothingAfterDashes_TakesTheImagesCommand() => Assert.Null(Parse("img", "--").Command);

    [Theory]
    [InlineData("/src", "/src", "/src", false)]
    [InlineData("/src:ro", "/src", "/src", true)]
    [InlineData("/src:/work", "/src", "/work", false)]
    [InlineData("/src:/work:ro", "/src", "/work", true)]
    [InlineData("/src/../x:/work:rw", "/x", "/work", false)]
    public void Request_Workspace_IsParsed(string text, string source, string target, bool readOnly) =>
        Assert.Equal(new Workspace(source, target, readOnly), Parse("--workspace", text, "img", "--").Workspace);

    [Fact]
    public void Request_NoWorkspace_HasNone() => Assert.Null(Parse("--no-workspace", "img", "--").Workspace);

    [Fact]
    public void Request_WorkspaceAndNoWorkspace_ExcludeEachOther() => Assert.Throws<EngineException>(
        () => Parse("--no-workspace", "--workspace", "/x", "img", "--"));

    [Fact]
    public void Request_Limits_AreDockersUnits()
    {
        ContainerCreateRequest request = Parse(
            "-m", "1.5g", "--memory-swap=-1", "--cpus", "1.5", "-c512", "--cpuset-cpus", "0-2,4", "--pids-limit", "100",
            "--blkio-weight", "300", "img", "--");

        Assert.Equal(
            new CgroupLimits
            {
                MemoryBytes = 1610612736,
                MemorySwapBytes = -1,
                NanoCpus = 1_500_000_000,
                CpuShares = 512,
                CpusetCpus = "0-2,4",
                Pids = 100,
                BlkioWeight = 300,
            },
            request.Limits);
    }

    [Fact]
    public void Request_ZeroLimits_AreNoLimits() => Assert.False(
        Parse("-m", "0", "--cpus", "0", "-c", "0", "--pids-limit", "0", "--blkio-weight", "0", "img", "--").Limits.Any);

    [Fact]
    public void Request_EnvironmentNames_TakeTheCallersValue()
    {
        Environment.SetEnvironmentVariable("FASTRUN_TEST_ENV", "from caller");

        Assert.Equal(
            ["FASTRUN_TEST_ENV=from caller", "FASTRUN_TEST_UNSET", "A=b=c", "EMPTY="],
            Parse("-e", "FASTRUN_TEST_ENV", "-eFASTRUN_TEST_UNSET", "-e", "A=b=c", "--env=EMPTY=", "img", "--").Env);
    }

    [Fact]
    public void Request_EnvFile_ComesBeforeFlagsAndFollowsDockersRules()
    {
        string file = WriteTemporary("# comment\n\n  A=1\nB= spaces stay \r\nC=\"quotes\"\nFASTRUN_TEST_UNSET\nD=#x\n");
        try
        {
            Assert.Equal(
                ["A=1", "B= spaces stay ", "C=\"quotes\"", "D=#x", "A=2"],
                Parse("-e", "A=2", "--env-file", file, "img", "--").Env);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("A=1\nB C=2\n", 2, "variable 'B C' contains whitespaces")]
    [InlineData("=2\n", 1, "no variable name on line '=2'")]
    [InlineData("A=1\n#\n\nB\tC\n", 4, "variable 'B\tC' contains whitespaces")]
    public void Request_BadEnvFile_NamesTheLine(string content, int line, string why)
    {
        string file = WriteTemporary(content);
        try
        {
            EngineException e = Assert.Throws<EngineException>(() => Parse("--env-file", file, "img", "--"));
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"invalid environment variable file: {file}: line {line}: {why}"),
                e.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Request_MissingEnvFile_IsNotFound()
    {
        EngineException e = Assert.Throws<EngineException>(() => Parse("--env-file", "/nope", "img", "--"));

        Assert.Equal(ErrorKind.NotFound, e.Kind);
        Assert.Equal("open /nope: no such file or directory", e.Message);
    }

    [Fact]
    public void Request_Labels_FilesFirstThenFlags()
    {
        string file = WriteTemporary("a=1\nb\n");
        try
        {
            IReadOnlyDictionary<string, string> labels = Parse("--label", "a=2", "-lc", "--label-file", file, "img", "--").Labels;
            Assert.Equal(new Dictionary<string, string> { ["a"] = "2", ["b"] = "", ["c"] = "" }, labels);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Request_RelativeSources_StartAtTheCurrentDirectory()
    {
        ContainerCreateRequest request = Parse("-v", ".:/a", "-v", "./x:/b:ro", "--mount", "type=bind,src=./x,dst=/c", "-v", "name:/d", "img", "--");

        string here = Environment.CurrentDirectory;
        Assert.Equal([here, here + "/x", here + "/x", "name"], Sources(request));
        Assert.Equal(MountKind.Volume, request.Mounts[3].Kind);
    }

    [Fact]
    public void Request_EmptyEntrypoint_ClearsTheImages() =>
        Assert.Equal([""], Parse("--entrypoint=", "img", "--").Entrypoint);

    [Fact]
    public void Request_NetIsNetwork() => Assert.Equal("host", Parse("--net=host", "img", "--").Network);

    [Fact]
    public void Request_SeveralNetworks_TheFirstGetsTheFlags()
    {
        ContainerCreateRequest request = Parse(
            "--network", "app", "--network", "back:alias=db,ip=10.9.0.7", "--network-alias", "www", "--ip", "10.8.0.5", "--mac-address", "02-42-0A-08-00-05", "img", "--");
        Assert.Equal("app", request.Network);
        Assert.Equal(["app", "back"], request.Endpoints.Select(static endpoint => endpoint.Network));
        Assert.Equal(("10.8.0.5", "02:42:0a:08:00:05"), (request.Endpoints[0].IPv4, request.Endpoints[0].MacAddress));
        Assert.Equal(["www"], request.Endpoints[0].Aliases);
        Assert.Equal("10.9.0.7", request.Endpoints[1].IPv4);
        Assert.Equal(["db"], request.Endpoints[1].Aliases);
    }

    [Theory]
    [InlineData("--network-alias and per-network alias", "--network", "app:alias=a", "--network-alias", "b")]
    [InlineData("--ip and per-network IPv4 address", "--network", "app:ip=10.9.0.5", "--ip", "10.9.0.6")]
    [InlineData("--ip6 and per-network IPv6 address", "--network", "app:ip6=fd00::5", "--ip6", "fd00::6")]
    [InlineData("--mac-address and per-network MAC address", "--network", "app:mac-address=02:42:0a:08:00:05", "--mac-address", "02:42:0a:08:00:06")]
    public void Request_AddressTwice_IsRefused(string what, params string[] flags) => Assert.Equal(
        "conflicting options: cannot specify both " + what,
        Assert.Throws<EngineException>(() => Parse([.. flags, "img", "--"])).Message);

    [Fact]
    public void Request_RepeatedUlimit_LastOneWins() => Assert.Equal(
        [new Ulimit("core", 0, 0), new Ulimit("nofile", 3, 4)],
        Parse("--ulimit", "nofile=1:2", "--ulimit", "core=0", "--ulimit", "nofile=3:4", "img", "--").Ulimits);

    [Fact]
    public void Options_KeepingASandbox_IsRefused() =>
        Assert.Throws<UsageException>(() => Parse("--rm=false", "img", "--"));

    [Fact]
    public void Options_NamesAndShorthands_AreUnique()
    {
        var names = new HashSet<string>();
        foreach (Option option in new ExecCommand().BuildOptions())
        {
            Assert.True(names.Add(option.Name), option.Name);
            Assert.True(option.Shorthand == '\0' || names.Add(option.Shorthand.ToString()), option.Name);
        }
    }

    private static List<string?> Sources(ContainerCreateRequest request)
    {
        var sources = new List<string?>();
        foreach (MountRequest mount in request.Mounts)
        {
            sources.Add(mount.Source);
        }

        return sources;
    }

    private static string WriteTemporary(string content)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        return path;
    }
}
