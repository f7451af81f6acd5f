using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Registry.Authentication;

public sealed class CredentialStoreTests : IDisposable
{
    private const string Alice = """{"auths":{"r.example":{"auth":"YWxpY2U6cA=="}}}""";
    private const string Bob = """{"auths":{"r.example":{"auth":"Ym9iOnA="}}}""";
    private const string Carol = """{"auths":{"r.example":{"auth":"Y2Fyb2w6cA=="}}}""";

    private static readonly RegistryServer s_server = RegistryServer.Parse("r.example");
    private static readonly RegistryCredential s_credential = new("alice", "p");

    private readonly TemporaryState _state = new();
    private readonly Dictionary<string, string> _variables = [];

    public CredentialStoreTests()
    {
        _variables["HOME"] = Directory.CreateDirectory(_state.File("home")).FullName;
        _variables["PATH"] = "/nowhere";
        _variables["XDG_RUNTIME_DIR"] = _state.File("runtime");
    }

    private CredentialStore Store => new(_variables.GetValueOrDefault);

    private string Config => _state.File("home/.docker/config.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Find_SeveralSources_TakesTheFirstThatKnowsTheRegistry()
    {
        Assert.Null(Store.Find("r.example"));

        Write("runtime/containers/auth.json", Carol);
        Assert.Equal("carol", Store.Find("r.example")?.Username);

        Write("other-auth.json", Alice);
        _variables["REGISTRY_AUTH_FILE"] = _state.File("other-auth.json");
        Assert.Equal("alice", Store.Find("r.example")?.Username);

        Write("home/.docker/config.json", Bob);
        Assert.Equal("bob", Store.Find("r.example")?.Username);

        Write("docker/config.json", Carol);
        _variables["DOCKER_CONFIG"] = _state.File("docker");
        Assert.Equal("carol", Store.Find("r.example")?.Username);

        _variables["DOCKER_AUTH_CONFIG"] = Alice;
        Assert.Equal("alice", Store.Find("r.example")?.Username);
        Assert.True(Store.IsOverridden);

        Assert.Null(Store.Find("other.example"));
    }

    [Fact]
    public void Find_MalformedSource_IsAnErrorThatNamesIt()
    {
        Write("home/.docker/config.json", "{");
        Assert.StartsWith(
            Config + ": ", Assert.Throws<CredentialException>(() => Store.Find("r.example")).Message, StringComparison.Ordinal);

        _variables["DOCKER_AUTH_CONFIG"] = "no";
        Assert.StartsWith(
            "$DOCKER_AUTH_CONFIG: ",
            Assert.Throws<CredentialException>(() => Store.Find("r.example")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ConfigThatIsADirectory_IsAnError()
    {
        Directory.CreateDirectory(Config);

        Assert.Contains(
            "is a directory", Assert.Throws<CredentialException>(() => Store.Find("r.example")).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Store_NoFileYet_MakesOneForItsOwnerOnly()
    {
        CredentialLocation location = Store.Store(s_server, s_credential);

        Assert.Equal(new CredentialLocation(Config, null, true), location);
        Assert.Equal("alice", Store.Find("r.example")?.Username);
        Assert.Equal(0x180, FileAt.Stat(null, Config).Permissions);
        Assert.Equal(0x1C0, FileAt.Stat(null, Path.GetDirectoryName(Config)!).Permissions);
        Assert.Equal([Config], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Config)!));
    }

    [Fact]
    public void Store_ExistingFile_KeepsOwnerAndTakesReadingFromOthers()
    {
        Write("home/.docker/config.json", """{"detachKeys":"ctrl-p"}""");
        FileAt.ChangeMode(null, Config, 0x1A4);
        if (Environment.IsPrivilegedProcess)
        {
            FileAt.ChangeOwner(null, Config, 1234, 4321);
        }

        FileStatus before = FileAt.Stat(null, Config);
        Store.Store(s_server, s_credential);

        FileStatus after = FileAt.Stat(null, Config);
        Assert.Equal((before.Uid, before.Gid), (after.Uid, after.Gid));
        Assert.Equal(0x1A0, after.Permissions);
        Assert.Contains("detachKeys", File.ReadAllText(Config), StringComparison.Ordinal);
    }

    [Fact]
    public void Store_FileIsALink_ChangesItsTarget()
    {
        // .docker -> real/docker, config.json -> ../shared/config.json: what ".." means only the kernel knows.
        string directory = Directory.CreateDirectory(_state.File("real/docker")).FullName;
        File.CreateSymbolicLink(_state.File("home/.docker"), directory);
        File.CreateSymbolicLink(Path.Combine(directory, "config.json"), "../shared/config.json");
        Directory.CreateDirectory(_state.File("real/shared"));

        Store.Store(s_server, s_credential);
        Store.Store(RegistryServer.Parse("other.example"), s_credential);

        Assert.NotNull(new FileInfo(Config).LinkTarget);
        Assert.Contains("other.example", File.ReadAllText(_state.File("real/shared/config.json")), StringComparison.Ordinal);
        Assert.Equal("alice", Store.Find("r.example")?.Username);
    }

    [Fact]
    public void Store_LinkLoop_IsAnError()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Config)!);
        File.CreateSymbolicLink(Config, "config.json");

        CredentialException thrown = Assert.Throws<CredentialException>(() => Store.Store(s_server, s_credential));

        Assert.Contains("symbolic links", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_MalformedFile_IsLeftAlone()
    {
        Write("home/.docker/config.json", "{\"auths\":");

        Assert.Throws<CredentialException>(() => Store.Store(s_server, s_credential));

        Assert.Equal("{\"auths\":", File.ReadAllText(Config));
    }

    [Fact]
    public void Store_NoHome_IsAnError()
    {
        _variables.Remove("HOME");

        Assert.Contains("$HOME", Assert.Throws<CredentialException>(() => Store.Store(s_server, s_credential)).Message, StringComparison.Ordinal);
        Store.Erase(s_server);
    }

    [Fact]
    public void Store_ConfiguredHelper_KeepsNoSecretInTheFile()
    {
        HelperScript script = new(_state.File("bin"), "test");
        _variables["PATH"] = script.SearchPath;
        Write("home/.docker/config.json", """{"credHelpers":{"r.example":"test"}}""");

        CredentialLocation location = Store.Store(s_server, s_credential);

        Assert.Equal(new CredentialLocation(Config, "test", false), location);
        Assert.Equal(
            "{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"test\"\n\t},\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t}\n}",
            File.ReadAllText(Config));
        Assert.Equal("alice", Store.Find("r.example")?.Username);

        Store.Erase(s_server);
        Assert.Null(Store.Find("r.example"));
        Assert.Contains("\"auths\": {}", File.ReadAllText(Config), StringComparison.Ordinal);
        Assert.Equal("erase r.example", script.Calls[^2]);
    }

    [Fact]
    public void Store_HelperFails_LeavesTheFileAlone()
    {
        HelperScript script = new(_state.File("bin"), "test", "#!/bin/sh\necho locked; exit 1");
        _variables["PATH"] = script.SearchPath;
        Write("home/.docker/config.json", """{"credsStore":"test"}""");

        Assert.Equal(
            "docker-credential-test: store: locked",
            Assert.Throws<CredentialException>(() => Store.Store(s_server, s_credential)).Message);
        Assert.Equal("""{"credsStore":"test"}""", File.ReadAllText(Config));
    }

    [Fact]
    public void Store_FirstLoginWithSecretservice_UsesItAsDockerDoes()
    {
        HelperScript script = new(_state.File("bin"), "secretservice");
        _variables["PATH"] = script.SearchPath;

        CredentialLocation location = Store.Store(s_server, s_credential);

        Assert.Equal("secretservice", location.Helper);
        Assert.Equal(
            "{\n\t\"credsStore\": \"secretservice\",\n\t\"auths\": {\n\t\t\"r.example\": {}\n\t}\n}", File.ReadAllText(Config));
    }

    [Fact]
    public async Task Store_ManyAtOnce_LosesNone()
    {
        string[] hosts = [.. Enumerable.Range(0, 24).Select(i => $"r{i}.example")];

        await Task.WhenAll(hosts.Select(host => Task.Run(() => Store.Store(RegistryServer.Parse(host), s_credential))));

        Assert.All(hosts, host => Assert.Equal("alice", Store.Find(host)?.Username));
    }

    [Fact]
    public void Erase_UnknownServer_DoesNotTouchTheFile()
    {
        Store.Erase(s_server);
        Assert.False(File.Exists(Config));

        Write("home/.docker/config.json", "{ }");
        Store.Erase(s_server);
        Assert.Equal("{ }", File.ReadAllText(Config));
    }

    [Fact]
    public void Store_ReadOnlyDirectory_IsASyscallException()
    {
        _variables["DOCKER_CONFIG"] = "/proc/fastrun-no-such";

        Assert.Throws<SyscallException>(() => Store.Store(s_server, s_credential));
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_state.File(name))!);
        File.WriteAllText(_state.File(name), content);
    }
}
