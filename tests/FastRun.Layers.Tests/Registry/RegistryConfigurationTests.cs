using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Tests.Registry;

public sealed class RegistryConfigurationTests
{
    [Theory]
    [InlineData("docker.io", "https://registry-1.docker.io")]
    [InlineData("registry.example:5000", "https://registry.example:5000")]
    [InlineData("localhost:5000", "https://localhost:5000 http://localhost:5000")]
    [InlineData("127.3.2.1", "https://127.3.2.1 http://127.3.2.1")]
    [InlineData("[::1]:5000", "https://[::1]:5000 http://[::1]:5000")]
    public void EndpointsOf_ByDefault_AllowsHttpOnLoopbackOnly(string registry, string expected) =>
        Assert.Equal(expected, Endpoints(RegistryConfiguration.Default, registry));

    [Fact]
    public void EndpointsOf_WithMirrors_NamesTheRegistryLast()
    {
        RegistryConfiguration configuration = Read(
            """{"registries":{"docker.io":{"mirrors":["http://cache.lan:5000","https://other.lan/hub/v"]}}}""");

        IReadOnlyList<RegistryEndpoint> endpoints = configuration.EndpointsOf("docker.io");

        Assert.Equal(
            "http://cache.lan:5000 https://other.lan https://registry-1.docker.io", Endpoints(configuration, "docker.io"));
        Assert.Equal(["", "hub/v/", ""], endpoints.Select(static endpoint => endpoint.RepositoryPrefix));
        Assert.Equal(["cache.lan:5000", "other.lan", "docker.io"], endpoints.Select(static endpoint => endpoint.CredentialName));
        Assert.Equal(
            "https://other.lan/v2/hub/v/library/busybox/manifests/1",
            endpoints[1].UriOf("library/busybox", "manifests/1").ToString());
    }

    [Fact]
    public void EndpointsOf_OfAnInsecureRegistry_AllowsHttp() => Assert.Equal(
        "https://registry.lan http://registry.lan",
        Endpoints(Read("""{"registries":{"registry.lan":{"insecure":true}}}"""), "registry.lan"));

    [Theory]
    [InlineData("""{"registry":{}}""", "config.json: unknown key \"registry\"")]
    [InlineData("""{"registries":{"a.b":{"mirror":[]}}}""", "config.json: a.b: unknown key \"mirror\"")]
    [InlineData("""{"registries":{"a/b":{}}}""", "config.json: \"registries\": a/b is not a registry's host")]
    [InlineData("""{"registries":{"a.b":{"insecure":1}}}""", "config.json: a.b: \"insecure\" is neither true nor false")]
    [InlineData("""{"registries":{"a.b":{"mirrors":{}}}}""", "config.json: a.b: \"mirrors\" is not a list")]
    [InlineData(
        """{"registries":{"a.b":{"mirrors":["mirror.lan"]}}}""",
        "config.json: a.b: mirror.lan is not a mirror's address: http[s]://HOST[:PORT][/PREFIX]")]
    [InlineData(
        """{"registries":{"a.b":{"mirrors":["http://m.lan/../x"]},"a.b":{}}}""",
        "config.json: the key \"a.b\" occurs twice in one object")]
    [InlineData("""{"storageLimit":[]}""", "config.json: \"storageLimit\" is not a size")]
    [InlineData("""{"defaultNetwork":""}""", "config.json: \"defaultNetwork\" is not the name of a network")]
    [InlineData("""{"default-address-pools":{}}""", "config.json: \"default-address-pools\" is not a list")]
    [InlineData("""{"default-address-pools":[{"base":"10.0.0.0/8"}]}""", "config.json: \"default-address-pools\": a pool is {\"base\": \"ADDRESS/LENGTH\", \"size\": LENGTH}")]
    [InlineData("""{"default-address-pools":[{"base":"10.0.0.0/8","size":"24"}]}""", "config.json: \"default-address-pools\": a pool is {\"base\": \"ADDRESS/LENGTH\", \"size\": LENGTH}")]
    [InlineData("""{"cni":[]}""", "config.json: \"cni\" is not an object")]
    [InlineData("""{"cni":{"configuration":1}}""", "config.json: \"configuration\" of \"cni\" is not a directory")]
    [InlineData("""{"cni":{"plugins":"/opt"}}""", "config.json: \"plugins\" of \"cni\" is not a list of directories")]
    [InlineData("""{"cni":{"plugins":["/opt",1]}}""", "config.json: \"plugins\" of \"cni\" is not a list of directories")]
    [InlineData("""{"cni":{"plugins":[]}}""", "config.json: \"plugins\" of \"cni\" is not a list of directories")]
    [InlineData("""{"cni":{"plugin":[]}}""", "config.json: cni: unknown key \"plugin\"")]
    [InlineData("[]", "config.json: not a JSON object")]
    public void Read_OfAMalformedFile_SaysWhere(string json, string expected) =>
        Assert.Equal(expected, Assert.Throws<RegistryConfigurationException>(() => Read(json)).Message);

    [Fact]
    public void Load_TakesTheUsersWordOverTheSystems()
    {
        using TemporaryState state = new();
        string system = state.File("system.json");
        System.IO.File.WriteAllText(system, """{"registries":{"a.b":{"insecure":true},"c.d":{"insecure":true}}}""");
        System.IO.Directory.CreateDirectory(state.File("fastrun"));
        System.IO.File.WriteAllText(state.File("fastrun/config.json"), """{"registries":{"a.b":{}}}""");

        Func<string, string?> environment = name => name == "XDG_CONFIG_HOME" ? state.Path : null;
        ConfigurationFiles files = ConfigurationFiles.Load(system, environment);
        RegistryConfiguration configuration = RegistryConfiguration.Of(files, environment);

        Assert.Null(files.StorageLimit);
        Assert.True(configuration.VerifiesTls("a.b"));
        Assert.False(configuration.VerifiesTls("c.d"));
    }

    [Theory]
    [InlineData("\"20g\"", "\"1m\"", "user", "1m")]
    [InlineData("\"20g\"", null, "system", "20g")]
    [InlineData("1000", null, "system", "1000")]
    public void Load_StorageLimit_IsTheUsersWhereItIsSet(string system, string? user, string from, string size)
    {
        using TemporaryState state = new();
        System.IO.File.WriteAllText(state.File("system.json"), $$"""{"storageLimit":{{system}}}""");
        System.IO.Directory.CreateDirectory(state.File("fastrun"));
        System.IO.File.WriteAllText(state.File("fastrun/config.json"), user is null ? "{}" : $$"""{"storageLimit":{{user}}}""");

        ConfigurationFiles files = ConfigurationFiles.Load(state.File("system.json"), name => name == "XDG_CONFIG_HOME" ? state.Path : null);

        Assert.Equal((state.File(from == "user" ? "fastrun/config.json" : "system.json"), size), files.StorageLimit);
    }

    [Fact]
    public void Load_Cni_IsTheUsersWhereItIsSet_KeyByKey()
    {
        using TemporaryState state = new();
        System.IO.File.WriteAllText(state.File("system.json"), """{"cni":{"configuration":"/srv/cni","plugins":["/srv/bin","/opt/bin"]}}""");
        System.IO.Directory.CreateDirectory(state.File("fastrun"));
        System.IO.File.WriteAllText(state.File("fastrun/config.json"), """{"cni":{"plugins":["/home/me/bin"]}}""");

        ConfigurationFiles files = ConfigurationFiles.Load(state.File("system.json"), name => name == "XDG_CONFIG_HOME" ? state.Path : null);

        Assert.Equal("/srv/cni", files.CniDirectory);
        Assert.Equal(["/home/me/bin"], files.CniPlugins);
        Assert.Null(ConfigurationFiles.Load(state.File("absent.json"), static _ => null).CniDirectory);
    }

    private static RegistryConfiguration Read(string json)
    {
        ConfigurationFiles files = new();
        RegistryConfigurationReader.Read(Encoding.UTF8.GetBytes(json), "config.json", files);
        return new RegistryConfiguration(files.Registries);
    }

    private static string Endpoints(RegistryConfiguration configuration, string registry) =>
        string.Join(' ', configuration.EndpointsOf(registry).Select(static endpoint => endpoint.ToString()));
}
