using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// What each version of the API shows and takes: the changes that moby's api/docs/CHANGELOG.md tells of the endpoints that are served. The
/// expected values are that document's.
/// </summary>
public sealed class ApiVersionTests(TestImages images) : ApiTest(images)
{
    /// <summary>A member that is there in some versions only: <c>first..last</c>.</summary>
    [Theory]
    [InlineData("NetworkSettings.Bridge", "24..51")]
    [InlineData("NetworkSettings.HairpinMode", "24..51")]
    [InlineData("NetworkSettings.LinkLocalIPv6Address", "24..51")]
    [InlineData("NetworkSettings.LinkLocalIPv6PrefixLen", "24..51")]
    [InlineData("NetworkSettings.SecondaryIPAddresses", "24..51")]
    [InlineData("NetworkSettings.SecondaryIPv6Addresses", "24..51")]
    [InlineData("NetworkSettings.EndpointID", "24..51")]
    [InlineData("NetworkSettings.Gateway", "24..51")]
    [InlineData("NetworkSettings.GlobalIPv6Address", "24..51")]
    [InlineData("NetworkSettings.GlobalIPv6PrefixLen", "24..51")]
    [InlineData("NetworkSettings.IPAddress", "24..51")]
    [InlineData("NetworkSettings.IPPrefixLen", "24..51")]
    [InlineData("NetworkSettings.IPv6Gateway", "24..51")]
    [InlineData("NetworkSettings.MacAddress", "24..51")]
    [InlineData("NetworkSettings.Networks", "24..52")]
    [InlineData("NetworkSettings.Ports", "24..52")]
    [InlineData("Config.OnBuild", "24..51")]
    [InlineData("HostConfig.KernelMemory", "")]
    [InlineData("HostConfig.KernelMemoryTCP", "")]
    public void Container_Members_AreThoseOfTheVersion(string member, string versions)
    {
        FastRun("create", "--name", "box", "busybox:test", "true").Run().Exits(0);

        Check("/containers/box/json", member, versions);
    }

    [Theory]
    [InlineData("VirtualSize", "24..43")]
    [InlineData("Container", "24..44")]
    [InlineData("ContainerConfig", "24..44")]
    [InlineData("Parent", "24..51")]
    [InlineData("DockerVersion", "24..51")]
    [InlineData("Author", "24..51")]
    [InlineData("Comment", "24..52")]
    [InlineData("Config.Hostname", "24..49")]
    [InlineData("Config.Domainname", "24..49")]
    [InlineData("Config.AttachStdin", "24..49")]
    [InlineData("Config.AttachStdout", "24..49")]
    [InlineData("Config.AttachStderr", "24..49")]
    [InlineData("Config.Tty", "24..49")]
    [InlineData("Config.OpenStdin", "24..49")]
    [InlineData("Config.StdinOnce", "24..49")]
    [InlineData("Config.Image", "24..49")]
    [InlineData("Config.Cmd", "24..51")]
    [InlineData("Config.Entrypoint", "24..51")]
    [InlineData("Config.Labels", "24..51")]
    [InlineData("Config.OnBuild", "24..51")]
    [InlineData("Config.User", "24..51")]
    [InlineData("Config.Volumes", "24..51")]
    [InlineData("Config.WorkingDir", "24..51")]
    [InlineData("Size", "24..52")]
    public void Image_Members_AreThoseOfTheVersion(string member, string versions) => Check("/images/busybox:test/json", member, versions);

    [Theory]
    [InlineData("BridgeNfIptables", "24..49")]
    [InlineData("BridgeNfIp6tables", "24..49")]
    [InlineData("RegistryConfig.AllowNondistributableArtifactsCIDRs", "24..48")]
    [InlineData("RegistryConfig.AllowNondistributableArtifactsHostnames", "24..48")]
    [InlineData("FirewallBackend", "49..52")]
    [InlineData("CDISpecDirs", "44..52")]
    [InlineData("KernelMemoryTCP", "")]
    public void Info_Members_AreThoseOfTheVersion(string member, string versions) => Check("/info", member, versions);

    [Theory]
    [InlineData("/system/df", "BuilderSize", "24..41")]
    [InlineData("/system/df", "ImagesUsage", "52..52")]
    [InlineData("/system/df", "ContainersUsage", "52..52")]
    [InlineData("/system/df", "VolumesUsage", "52..52")]
    [InlineData("/system/df", "BuildCacheUsage", "52..52")]
    [InlineData("/system/df", "Images", "24..52")]
    [InlineData("/system/df?verbose=1", "Images", "24..51")]
    [InlineData("/system/df?verbose=1", "ImagesUsage.Items", "52..52")]
    [InlineData("/networks/bridge", "Status", "52..52")]
    [InlineData("/images/json", "0.VirtualSize", "24..43")]
    [InlineData("/system/df", "Images.0.VirtualSize", "24..43")]
    public void Documents_Members_AreThoseOfTheVersion(string path, string member, string versions) => Check(path, member, versions);

    [Fact]
    public void List_HasAnnotationsAndPriorities_SinceTheyAreThere()
    {
        FastRun("run", "-d", "--name", "box", "--annotation", "a=b", "busybox:test", "sleep", "1000").Run().Exits(0);

        Check("/containers/json", "0.HostConfig.Annotations", "46..52");
        Assert.Equal("b", Get(52, "/containers/json")[0]!["HostConfig"]!["Annotations"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public void DiskUsage_OfOneType_HasNoOther()
    {
        JsonNode images = Get(42, "/system/df?type=image&type=volume");
        Assert.Single(images["Images"]!.AsArray());
        Assert.Empty(images["Volumes"]!.AsArray());
        Assert.Null(images["Containers"]);
        Assert.Null(images["BuildCache"]);

        // Before, there was no such choice.
        Assert.NotNull(Get(41, "/system/df?type=image")["Containers"]);
        (int status, string body) = Daemon.Ask("GET", "/v1.42/system/df?type=secret");
        Assert.Equal((400, "unknown object type: secret"), (status, Message(body)));
        JsonNode sums = Get(52, "/system/df?type=image")["ImagesUsage"]!;
        Assert.Equal((0, 1), (sums["ActiveCount"]!.GetValue<int>(), sums["TotalCount"]!.GetValue<int>()));
        Assert.Equal(sums["TotalSize"]!.GetValue<long>(), sums["Reclaimable"]!.GetValue<long>());
    }

    [Fact]
    public void Images_CountsAndNames_AreThoseOfTheVersion()
    {
        FastRun("create", "--name", "box", "busybox:test", "true").Run().Exits(0);
        Assert.Equal(-1, Get(50, "/images/json")[0]!["Containers"]!.GetValue<int>());
        Assert.Equal(1, Get(51, "/images/json")[0]!["Containers"]!.GetValue<int>());
        Assert.Equal(-1, Get(42, "/images/json")[0]!["SharedSize"]!.GetValue<int>());
        Assert.Equal(0, Get(42, "/images/json?shared-size=1")[0]!["SharedSize"]!.GetValue<int>());
        Assert.Equal(-1, Get(41, "/images/json?shared-size=1")[0]!["SharedSize"]!.GetValue<int>());

        // A filter that is a name, until 1.40.
        Assert.Empty(Get(40, "/images/json?filter=nothing").AsArray());
        Assert.Single(Get(41, "/images/json?filter=nothing").AsArray());
        Assert.Single(Get(24, "/images/json?filters=" + Uri.EscapeDataString("{\"until\":[\"0s\"]}")).AsArray());
        Assert.Empty(Get(24, "/images/json?filters=" + Uri.EscapeDataString("{\"until\":[\"24h\"]}")).AsArray());

        FastRun("rmi", "-f", "busybox:test").Run().Exits(0);
        Assert.Equal("<none>:<none>", Get(42, "/images/json?all=1")[0]!["RepoTags"]![0]!.GetValue<string>());
        Assert.Equal("<none>@<none>", Get(42, "/images/json?all=1")[0]!["RepoDigests"]![0]!.GetValue<string>());
        Assert.Empty(Get(43, "/images/json?all=1")[0]!["RepoTags"]!.AsArray());
        Assert.Empty(Get(43, "/images/json?all=1")[0]!["RepoDigests"]!.AsArray());
    }

    /// <summary>What a body asks for that came later than the version means nothing in it.</summary>
    [Theory]
    [InlineData("""{"Annotations":{"a":"b"}}""", "Annotations", 43, "{}", """{"a":"b"}""")]
    [InlineData("""{"AutoRemove":true}""", "AutoRemove", 25, "false", "true")]
    [InlineData("{}", "IpcMode", 40, "\"shareable\"", "\"private\"")]
    public void Create_WhatCameLater_IsIgnored(string host, string member, int since, string before, string then)
    {
        foreach ((int version, string expected) in ((int, string)[])[(since - 1, before), (since, then)])
        {
            (int status, string body) = Daemon.Ask("POST", $"/v1.{version}/containers/create?name=c{version}", $$"""{"Image":"busybox:test","Cmd":["true"],"HostConfig":{{host}}}""");
            Assert.True(status == 201, body);
            JsonNode? found = Get(52, $"/containers/c{version}/json")["HostConfig"]![member];
            string shown = found is null ? "{}" : found.ToJsonString();
            Assert.Equal(expected, shown);
        }
    }

    [Theory]
    [InlineData(43, 400, """{"Image":"busybox:test","NetworkingConfig":{"EndpointsConfig":{"one":{},"two":{}}}}""", "Container cannot be connected to network endpoints")]
    [InlineData(42, 400, """{"Image":"busybox:test","HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/x","BindOptions":{}}]}}""", "field BindOptions must not be specified")]
    [InlineData(41, 201, """{"Image":"busybox:test","HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/x","BindOptions":{}}]}}""", "")]
    [InlineData(41, 501, """{"Image":"busybox:test","HostConfig":{"KernelMemory":1}}""", "KernelMemory is not supported")]
    [InlineData(42, 201, """{"Image":"busybox:test","HostConfig":{"KernelMemory":1}}""", "")]
    [InlineData(51, 501, """{"Image":"busybox:test","HostConfig":{"KernelMemoryTCP":1}}""", "KernelMemoryTCP is not supported")]
    [InlineData(52, 201, """{"Image":"busybox:test","HostConfig":{"KernelMemoryTCP":1}}""", "")]
    [InlineData(48, 501, """{"Image":"busybox:test","HostConfig":{"Mounts":[{"Type":"image","Source":"busybox:test","Target":"/x"}]}}""", "mounts of the type image are not supported")]
    public void Create_WhatIsWrongInAVersion_IsSaid(int version, int status, string json, string words)
    {
        (int answered, string body) = Daemon.Ask("POST", $"/v1.{version}/containers/create", json);

        Assert.Equal(status, answered);
        Assert.Contains(words, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, 200)]
    [InlineData(30, 400)]
    public void Wait_UnknownCondition_IsRefusedSince30(int version, int status)
    {
        FastRun("create", "--name", "box", "busybox:test", "true").Run().Exits(0);

        Assert.Equal(status, Daemon.Ask("POST", $"/v1.{version}/containers/box/wait?condition=nothing").Status);
    }

    [Theory]
    [InlineData("""[["noexec"],["uid","7"]]""", "noexec,uid=7")]
    [InlineData("[]", "")]
    public void Create_OptionsOfATmpfs_CountSince46(string options, string shown)
    {
        string json = """{"Image":"busybox:test","Cmd":["sh","-c","grep ' /t ' /proc/mounts"],"HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"Options":""" + options + "}}]}}";
        foreach (int version in (int[])[45, 46])
        {
            Assert.Equal(201, Daemon.Ask("POST", $"/v1.{version}/containers/create?name=t{version}", json).Status);
            string mounted = FastRun("start", "-a", $"t{version}").Run().Output;
            Assert.Equal(version >= 46 && shown.Length > 0, mounted.Contains("noexec", StringComparison.Ordinal) && mounted.Contains("uid=7", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""[["nosuch"]]""")]
    [InlineData("""[["a","b","c"]]""")]
    [InlineData("""[["uid","7,exec"]]""")]
    [InlineData("""["noexec"]""")]
    public void Create_OptionsOfATmpfsThatAreNone_AreRefused(string options) => Assert.Equal(400, Daemon.Ask(
        "POST", "/v1.46/containers/create",
        """{"Image":"busybox:test","HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"Options":""" + options + "}}]}}").Status);

    [Theory]
    [InlineData("reserved-space=x")]
    [InlineData("max-used-space=-1")]
    [InlineData("min-free-space=1k")]
    public void BuildPrune_NumbersThatAreNone_AreRefused(string query) => Assert.Equal(400, Daemon.Ask("POST", "/v1.48/build/prune?" + query).Status);

    [Fact]
    public void Events_MembersOfOld_EndWith51()
    {
        FastRun("create", "--name", "box", "busybox:test", "true").Run().Exits(0);
        string until = DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        string query = $"/events?since=1&until={until}&filters=" + Uri.EscapeDataString("{\"type\":[\"container\"]}");

        JsonNode old = JsonNode.Parse(Daemon.Ask("GET", "/v1.51" + query).Body.Split('\n')[0])!;
        Assert.Equal(("create", "busybox:test"), (old["status"]!.GetValue<string>(), old["from"]!.GetValue<string>()));
        Assert.NotNull(old["id"]);
        JsonNode now = JsonNode.Parse(Daemon.Ask("GET", "/v1.52" + query).Body.Split('\n')[0])!;
        Assert.Equal("create", now["Action"]!.GetValue<string>());
        Assert.True(now["status"] is null && now["id"] is null && now["from"] is null);
    }

    [Theory]
    [InlineData("v1.52", "application/json-seq", "application/json-seq", '\u001e')]
    [InlineData("v1.52", "text/plain, application/x-ndjson;q=0.5", "application/x-ndjson", '{')]
    [InlineData("v1.52", "*/*", "application/json", '{')]
    [InlineData("v1.51", "application/json-seq", "application/json", '{')]
    public void Events_TypesOfContent_AreNegotiatedSince52(string version, string accept, string type, char first)
    {
        FastRun("create", "--name", "box", "busybox:test", "true").Run().Exits(0);
        string until = DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using System.Net.Http.HttpRequestMessage request = new(System.Net.Http.HttpMethod.Get, $"/{version}/events?since=1&until={until}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using System.Net.Http.HttpResponseMessage response = Daemon.Client.Send(request);
        using StreamReader body = new(response.Content.ReadAsStream());

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(first, body.ReadToEnd()[0]);
    }

    [Fact]
    public void Network_Status_CountsTheAddresses()
    {
        FastRun("network", "create", "--subnet", "10.211.7.0/24", "--ip-range", "10.211.7.128/25", "--gateway", "10.211.7.1", "--aux-address", "a=10.211.7.130", "counted").Run().Exits(0);

        // The network's own address, the broadcast's, the gateway and the one that is kept; of the range two.
        JsonNode subnet = Get(52, "/networks/counted")["Status"]!["IPAM"]!["Subnets"]!["10.211.7.0/24"]!;
        Assert.Equal((4, 126), (subnet["IPsInUse"]!.GetValue<int>(), subnet["DynamicIPsAvailable"]!.GetValue<int>()));
        FastRun("network", "rm", "counted").Run().Exits(0);
    }

    [Fact]
    public void Platforms_OfImages_AreAskedForSinceTheyCanBe()
    {
        string other = Uri.EscapeDataString("""{"os":"linux","architecture":"s390x"}""");
        Assert.Equal(200, Daemon.Ask("GET", $"/v1.48/images/busybox:test/json?platform={other}").Status);
        Assert.Equal(404, Daemon.Ask("GET", $"/v1.49/images/busybox:test/json?platform={other}").Status);
        Assert.Equal(400, Daemon.Ask("GET", $"/v1.49/images/busybox:test/json?manifests=1&platform={other}").Status);
        Assert.Equal(200, Daemon.Ask("GET", $"/v1.47/images/busybox:test/history?platform={other}").Status);
        Assert.Equal(404, Daemon.Ask("GET", $"/v1.48/images/busybox:test/history?platform={other}").Status);
        Assert.Equal(404, Daemon.Ask("GET", $"/v1.48/images/busybox:test/get?platform={other}").Status);
        Assert.Equal(501, Daemon.Ask("POST", $"/v1.52/images/load?platform={other}&platform={other}").Status);
        Assert.Equal(404, Daemon.Ask("DELETE", $"/v1.50/images/busybox:test?platforms={other}").Status);
        Assert.Equal(200, Daemon.Ask("DELETE", $"/v1.49/images/busybox:test?platforms={other}").Status);
    }

    private static string Message(string body) => JsonNode.Parse(body)!["message"]!.GetValue<string>();

    private JsonNode Get(int version, string path)
    {
        (int status, string body) = Daemon.Ask("GET", $"/v1.{version}{path}");
        Assert.True(status == 200, body);
        return JsonNode.Parse(body)!;
    }

    /// <summary>Looks at the versions around the borders that are given, and at the first and the last one.</summary>
    private void Check(string path, string member, string versions)
    {
        int[] range = versions.Length == 0 ? [99, 0] : [.. versions.Split("..").Select(static number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        foreach (int version in new[] { 24, range[0] - 1, range[0], range[1], range[1] + 1, 52 }.Where(static version => version is >= 24 and <= 52).Distinct())
        {
            JsonNode? at = Get(version, path);
            string[] names = member.Split('.');
            foreach (string name in names[..^1])
            {
                at = at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at?[name];
            }

            Assert.True((at is JsonObject found && found.ContainsKey(names[^1])) == (version >= range[0] && version <= range[1]), $"1.{version} {path}: {member}");
        }
    }
}
