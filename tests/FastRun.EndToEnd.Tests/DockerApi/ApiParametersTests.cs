using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Parameters and members of moby's description that a client can send or read: each has its effect, or is refused by name.</summary>
public sealed class ApiParametersTests(TestImages images) : ApiTest(images)
{
    [Fact]
    public void DiskUsage_HasContainersAndImagesAsTheirListsHaveThem()
    {
        FastRun("run", "--name", "box", "-l", "a=b", "busybox:test", "sh", "-c", "echo 12345 > /file").Run().Exits(0);
        JsonNode usage = Get("/v1.51/system/df");
        JsonObject container = Assert.Single(usage["Containers"]!.AsArray())!.AsObject();
        JsonObject listed = Assert.Single(Get("/v1.51/containers/json?all=1&size=1").AsArray())!.AsObject();

        // What time it is told in words may have moved on.
        container.Remove("Status");
        listed.Remove("Status");
        Assert.Equal(listed.ToJsonString(), container.ToJsonString());
        Assert.Equal("/box", container["Names"]![0]!.GetValue<string>());
        Assert.Equal(6, container["SizeRw"]!.GetValue<long>());
        Assert.Equal("b", container["Labels"]!["a"]!.GetValue<string>());

        JsonObject image = Assert.Single(usage["Images"]!.AsArray())!.AsObject();
        JsonObject listedImage = Assert.Single(Get("/v1.51/images/json?shared-size=1").AsArray())!.AsObject();
        Assert.Equal(listedImage.ToJsonString(), image.ToJsonString());
        Assert.Equal("busybox:test", image["RepoTags"]![0]!.GetValue<string>());
        JsonNode sums = Get("/system/df")["ContainersUsage"]!;
        Assert.Equal((0, 1, 6L, 6L), (sums["ActiveCount"]!.GetValue<int>(), sums["TotalCount"]!.GetValue<int>(), sums["TotalSize"]!.GetValue<long>(), sums["Reclaimable"]!.GetValue<long>()));
    }

    [Fact]
    public void Stats_OfALimitedContainer_HasDetailsOfMemory()
    {
        Create("box", """{"Image":"busybox:test","Cmd":["sh","-c","head -c 4000000 /dev/zero > /file; cat /file > /dev/null; sleep 1000"],"HostConfig":{"Memory":67108864}}""");
        Assert.Equal(204, Daemon.Ask("POST", "/containers/box/start").Status);

        JsonNode stats = Get("/containers/box/stats?stream=0&one-shot=1");
        JsonNode memory = stats["memory_stats"]!;
        Assert.Equal(67108864, memory["limit"]!.GetValue<long>());
        JsonObject details = memory["stats"]!.AsObject();
        bool isFirst = details.ContainsKey("total_inactive_file");
        foreach (string name in isFirst ? (string[])["cache", "rss", "pgfault", "inactive_file", "total_inactive_file"] : ["anon", "file", "pgfault", "inactive_file", "slab"])
        {
            Assert.True(details[name]!.GetValue<long>() >= 0);
        }

        Assert.Equal(isFirst, memory["failcnt"] is not null);
        Assert.Equal(isFirst, memory["max_usage"] is not null);
        Assert.Equal(Environment.ProcessorCount, stats["cpu_stats"]!["online_cpus"]!.GetValue<int>());
        Assert.NotNull(stats["cpu_stats"]!["throttling_data"]!["periods"]);
        Assert.NotNull(stats["blkio_stats"]!["io_service_bytes_recursive"]);
        Assert.True(stats["blkio_stats"]!.AsObject().ContainsKey("sectors_recursive"));
    }

    [Theory]
    [InlineData(52, """{"HostConfig":{"PortBindings":{"80/tcp":[],"81/tcp":[{"HostPort":"81"}]}}}""", "Following container port(s) have an empty list of port-bindings: 80/tcp. Starting with API 1.53, such bindings will be discarded.")]
    [InlineData(51, """{"HostConfig":{"PortBindings":{"80/tcp":[]}}}""", null)]
    [InlineData(48, """{"HostConfig":{"VolumeDriver":"local","Mounts":[{"Type":"volume","Source":"vol","Target":"/v"}]}}""", "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead")]
    [InlineData(48, """{"HostConfig":{"VolumeDriver":"local","Mounts":[{"Type":"volume","Source":"vol","Target":"/v","VolumeOptions":{"DriverConfig":{"Name":"local"}}}]}}""", null)]
    [InlineData(47, """{"HostConfig":{"VolumeDriver":"local","Mounts":[{"Type":"volume","Source":"vol","Target":"/v"}]}}""", null)]
    [InlineData(44, """{"MacAddress":"02:42:ac:11:00:09"}""", "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.")]
    [InlineData(43, """{"MacAddress":"02:42:ac:11:00:09"}""", null)]
    public void Create_WhatMeansLess_IsWarnedOf(int version, string json, string? warning)
    {
        JsonObject request = JsonNode.Parse(json)!.AsObject();
        request["Image"] = "busybox:test";
        if (request["HostConfig"] is null)
        {
            request["HostConfig"] = new JsonObject();
        }

        request["HostConfig"]!["NetworkMode"] = "bridge";
        (int status, string body) = Daemon.Ask("POST", $"/v1.{version}/containers/create", request.ToJsonString());

        Assert.True(status == 201, body);
        string[] warnings = [.. JsonNode.Parse(body)!["Warnings"]!.AsArray().Select(static each => each!.GetValue<string>())];
        Assert.Equal(warning is null ? [] : [warning], warnings);
    }

    [Fact]
    public void Create_NetworkDisabled_IsTheNetworkNone()
    {
        Create("box", """{"Image":"busybox:test","Cmd":["ls","/sys/class/net"],"NetworkDisabled":true,"HostConfig":{"NetworkMode":"bridge"}}""");

        Assert.Equal("none", Get("/containers/box/json")["HostConfig"]!["NetworkMode"]!.GetValue<string>());
        Assert.Equal("lo", FastRun("start", "-a", "box").Run().Output);
    }

    [Fact]
    public void Create_TheNetworkOfAContainer_IsKeptByItsId()
    {
        string id = Create("box", """{"Image":"busybox:test","Cmd":["sleep","1000"]}""");
        Create("guest", """{"Image":"busybox:test","Cmd":["true"],"HostConfig":{"NetworkMode":"container:box"}}""");

        Assert.Equal("container:" + id, Get("/containers/guest/json")["HostConfig"]!["NetworkMode"]!.GetValue<string>());
        Assert.Equal("container:" + id, Get("/containers/json?all=1&filters={\"name\":[\"guest\"]}")[0]!["HostConfig"]!["NetworkMode"]!.GetValue<string>());
        Assert.Equal("container:" + id, FastRun("create", "--network", "container:" + id[..12], "busybox:test").Run().Output is { Length: 64 } made
            ? Get($"/containers/{made}/json")["HostConfig"]!["NetworkMode"]!.GetValue<string>()
            : "");

        // Whose network it is is looked for again when it starts.
        Create("lost", """{"Image":"busybox:test","HostConfig":{"NetworkMode":"container:nosuch"}}""");
        (int status, string body) = Daemon.Ask("POST", "/containers/lost/start");
        Assert.Equal("No such container: nosuch", Message(body));
        Assert.True(status >= 400);
    }

    /// <summary>Until 1.40 clients expected the host's, where there is cgroup v1.</summary>
    [Fact]
    public void Create_CgroupNamespace_IsTheHostsForClientsOfOld_WhereThereIsCgroupV1()
    {
        string expected = Get("/info")["CgroupVersion"]!.GetValue<string>() == "2" ? "private" : "host";
        Assert.Equal(expected, ModeOf(40, "{}"));
        Assert.Equal("private", ModeOf(41, "{}"));
        Assert.Equal("private", ModeOf(40, """{"CgroupnsMode":"private"}"""));

        string ModeOf(int version, string host)
        {
            (int status, string body) = Daemon.Ask("POST", $"/v1.{version}/containers/create", $$"""{"Image":"busybox:test","HostConfig":{{host}}}""");
            Assert.True(status == 201, body);
            return Get($"/containers/{JsonNode.Parse(body)!["Id"]!.GetValue<string>()}/json")["HostConfig"]!["CgroupnsMode"]!.GetValue<string>();
        }
    }

    [Theory]
    [InlineData("-a stdin -a stderr", "true false true")]
    [InlineData("", "false true true")]
    [InlineData("-i", "true true true")]
    public void Create_WhatIsAttached_IsTold(string flags, string expected)
    {
        string id = FastRun(["create", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries), "busybox:test"]).Run().Output;
        JsonNode config = Get($"/containers/{id}/json")["Config"]!;

        Assert.Equal(expected, string.Join(' ', ((string[])["AttachStdin", "AttachStdout", "AttachStderr"]).Select(name => config[name]!.GetValue<bool>() ? "true" : "false")));
        FastRun("create", "-a", "output", "busybox:test").Run().FailsWith(125, "valid streams are STDIN, STDOUT and STDERR");
    }

    [Fact]
    public void List_Health_IsOfEveryContainer()
    {
        Create("box", """{"Image":"busybox:test"}""");

        Assert.Equal("""{"Status":"none","FailingStreak":0}""", Get("/containers/json?all=1")[0]!["Health"]!.ToJsonString());
        Assert.Null(Get("/v1.51/containers/json?all=1")[0]!["Health"]);
    }

    [Theory]
    [InlineData("CpuRealtimePeriod", 501)]
    [InlineData("CpuRealtimeRuntime", 501)]
    [InlineData("IOMaximumIOps", 501)]
    [InlineData("KernelMemory", 200)]
    public void Update_LimitsThatLinuxHasNot_AreRefused(string name, int expected)
    {
        Create("box", """{"Image":"busybox:test"}""");

        (int status, string body) = Daemon.Ask("POST", "/containers/box/update", $$"""{"{{name}}":1000}""");
        Assert.True(expected == status, body);
        Assert.Equal(501, Daemon.Ask("POST", "/v1.41/containers/box/update", $$"""{"{{name}}":1000}""").Status);
    }

    [Fact]
    public void Update_TasksOfZero_IsAnyNumber_SinceThereIsTheMember()
    {
        Create("box", """{"Image":"busybox:test","HostConfig":{"PidsLimit":7}}""");
        Assert.Equal(200, Daemon.Ask("POST", "/v1.39/containers/box/update", """{"PidsLimit":0}""").Status);
        Assert.Equal(7, Get("/containers/box/json")["HostConfig"]!["PidsLimit"]!.GetValue<long>());
        Assert.Equal(200, Daemon.Ask("POST", "/containers/box/update", """{"PidsLimit":0}""").Status);
        Assert.NotEqual(7, Get("/containers/box/json")["HostConfig"]!["PidsLimit"]?.GetValue<long>());
    }

    [Theory]
    [InlineData("""{"Name":"n","ConfigFrom":{"Network":"other"}}""", 501, "networks with the configuration of another one (other) are not supported")]
    [InlineData("""{"Name":"n","IPAM":{"Options":{"a":"b"}}}""", 501, "options of the IPAM driver are not supported")]
    [InlineData("""{"Name":"n","ConfigOnly":true}""", 501, "networks with ConfigOnly are not supported")]
    public void Network_WhatIsNotThere_IsRefused(string json, int expected, string words)
    {
        (int status, string body) = Daemon.Ask("POST", "/networks/create", json);

        Assert.Equal((expected, words), (status, Message(body)));
    }

    [Fact]
    public void Network_Disconnect_ByForce_LooksForAnEnd()
    {
        Create("box", """{"Image":"busybox:test","HostConfig":{"NetworkMode":"none"}}""");
        foreach (string force in (string[])["false", "true"])
        {
            Assert.Contains(" is not connected to network bridge", Message(Daemon.Ask("POST", "/networks/bridge/disconnect", $$"""{"Container":"box","Force":{{force}}}""").Body), StringComparison.Ordinal);
        }

        (int status, string body) = Daemon.Ask("POST", "/networks/bridge/disconnect", """{"Container":"nosuch","Force":true}""");
        Assert.Equal((404, "endpoint nosuch not found"), (status, Message(body)));
    }

    [Fact]
    public void Network_Links_AreOfTheEndpoint_AndOnTheBridgeOfTheContainer()
    {
        Assert.Equal(201, Daemon.Ask("POST", "/networks/create", """{"Name":"app"}""").Status);
        Create("box", """{"Image":"busybox:test","HostConfig":{"NetworkMode":"app"},"NetworkingConfig":{"EndpointsConfig":{"app":{"Links":["db:store","web"]}}}}""");
        Assert.Equal("""["db:store","web:web"]""", Get("/containers/box/json")["NetworkSettings"]!["Networks"]!["app"]!["Links"]!.ToJsonString());
        Assert.Equal("""["db:store","web:web"]""", Get("/containers/json?all=1")[0]!["NetworkSettings"]!["Networks"]!["app"]!["Links"]!.ToJsonString());

        // As the Docker CLI sends it for --link alone.
        Create("old", """{"Image":"busybox:test","HostConfig":{"NetworkMode":"bridge","Links":["box:b"]},"NetworkingConfig":{"EndpointsConfig":{"bridge":{"Links":["box:b"]}}}}""");
        Assert.Equal("""["/box:/old/b"]""", Get("/containers/old/json")["HostConfig"]!["Links"]!.ToJsonString());
        Assert.Equal(204, Daemon.Ask("DELETE", "/containers/old/b?link=1").Status);
        Assert.Null(Get("/containers/old/json")["HostConfig"]!["Links"]);
        Assert.Equal(404, Daemon.Ask("DELETE", "/containers/old/b?link=1").Status);
    }

    [Fact]
    public void Volume_OfACluster_IsNotHere()
    {
        Assert.Equal(503, Daemon.Ask("POST", "/volumes/create", """{"Name":"vol","ClusterVolumeSpec":{}}""").Status);
        Assert.Equal(201, Daemon.Ask("POST", "/v1.41/volumes/create", """{"Name":"vol","ClusterVolumeSpec":{}}""").Status);
    }

    [Fact]
    public void Images_ATagBesideTheName_GoesBeforeOneInIt()
    {
        Assert.Equal(201, Daemon.Ask("POST", "/images/busybox:test/tag?repo=team/app:1&tag=2").Status);
        Assert.Equal(200, Daemon.Ask("GET", "/images/team/app:2/json").Status);
        Assert.Equal(404, Daemon.Ask("GET", "/images/team/app:1/json").Status);
        Create("box", """{"Image":"busybox:test"}""");
        Assert.Equal(201, Daemon.Ask("POST", "/commit?container=box&repo=team/box:1&tag=2").Status);
        Assert.Equal(200, Daemon.Ask("GET", "/images/team/box:2/json").Status);

        // There is no such registry; the name is none that it would refuse.
        Assert.DoesNotContain("invalid", Daemon.Ask("POST", "/images/create?fromImage=localhost:1/team/app:1&tag=2").Body, StringComparison.Ordinal);
        FastRun("tag", "busybox:test", "localhost:1/team/app:2").Run().Exits(0);
        Assert.DoesNotContain("invalid", Daemon.Ask("POST", "/images/localhost:1/team/app:1/push?tag=2").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_OfAnotherPlatform_IsNotRemoved()
    {
        FastRun("rmi", "--platform", "linux/s390x", "busybox:test").Run().FailsWith(1, "busybox:test");
        FastRun("tag", "busybox:test", "other:1").Run().Exits(0);
        Assert.Equal("Untagged: other:1", FastRun("rmi", "--platform", Get("/info")["Architecture"]!.GetValue<string>() == "aarch64" ? "linux/arm64" : "linux/amd64", "other:1").Run().Output);
        Assert.Equal(200, Daemon.Ask("GET", "/images/busybox:test/json").Status);
    }

    [Fact]
    public void BuildCache_IsFiltered()
    {
        string context = Roots.NewDirectory("context");
        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM busybox:test\nRUN --mount=type=cache,target=/cache echo 1 > /cache/file\nRUN echo 2 > /file\n");
        FastRun("build", "-t", "built", context).Run().Exits(0);

        Assert.DoesNotContain("exec.cachemount", FastRun("builder", "du", "--filter", "type=regular").Run().Output, StringComparison.Ordinal);
        Assert.NotEqual(FastRun("builder", "du").Run().Output, FastRun("builder", "du", "--filter", "type=regular").Run().Output);
        FastRun("builder", "du", "--filter", "nosuch=1").Run().FailsWith(1, "invalid filter 'nosuch'");
        JsonNode pruned = JsonNode.Parse(Daemon.Ask("POST", "/build/prune?all=1&filters={\"type\":[\"exec.cachemount\"]}").Body)!;
        string id = Assert.Single(pruned["CachesDeleted"]!.AsArray())!.GetValue<string>();
        Assert.DoesNotContain(id, Daemon.Ask("GET", "/system/df?type=build-cache").Body, StringComparison.Ordinal);
        Assert.NotEmpty(Get("/v1.51/system/df?type=build-cache")["BuildCache"]!.AsArray());
    }

    private static string Message(string body) => JsonNode.Parse(body)!["message"]!.GetValue<string>();

    private JsonNode Get(string path)
    {
        (int status, string body) = Daemon.Ask("GET", path);
        Assert.True(status == 200, body);
        return JsonNode.Parse(body)!;
    }

    private string Create(string name, string json)
    {
        (int status, string body) = Daemon.Ask("POST", "/containers/create?name=" + name, json);
        Assert.True(status == 201, body);
        return JsonNode.Parse(body)!["Id"]!.GetValue<string>();
    }
}
