using System;
using System.IO;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Layers.Tests.Registry.Authentication;

public sealed class HelperProgramTests
{
    private static readonly RegistryServer s_server = RegistryServer.Parse("r.example:5000");

    [Fact]
    public void Store_ThenGetAndErase_GoesThroughTheProtocol()
    {
        using TemporaryState state = new();
        HelperScript script = new(state.File("bin"), "test");
        HelperProgram helper = HelperProgram.Open("test", script.SearchPath);

        Assert.Null(helper.Get(s_server));
        helper.Store(s_server, new RegistryCredential("alice", "wonder-land"));
        RegistryCredential? found = helper.Get(s_server);
        helper.Erase(s_server);

        Assert.Equal("alice", found?.Username);
        Assert.Equal("wonder-land", found?.Password);
        Assert.Null(helper.Get(s_server));
        Assert.Equal(
            [
                "get r.example:5000",
                """store {"ServerURL":"r.example:5000","Username":"alice","Secret":"wonder-land"}""",
                "get r.example:5000",
                "erase r.example:5000",
                "get r.example:5000",
            ],
            script.Calls);
    }

    [Fact]
    public void Store_IdentityToken_HasDockersNameForTokens()
    {
        using TemporaryState state = new();
        HelperScript script = new(state.File("bin"), "test");
        HelperProgram helper = HelperProgram.Open("test", script.SearchPath);

        helper.Store(s_server, new RegistryCredential("alice", "", "refresh"));

        Assert.Equal("""store {"ServerURL":"r.example:5000","Username":"<token>","Secret":"refresh"}""", script.Calls[0]);
        RegistryCredential? found = helper.Get(s_server);
        Assert.Equal("refresh", found?.IdentityToken);
        Assert.Equal("", found?.Username);
    }

    [Theory]
    [InlineData("echo 'no key ring'; exit 1", "docker-credential-bad: get: no key ring")]
    [InlineData("printf 'one\\ntwo\\n'; exit 2", "docker-credential-bad: get: one two")]
    [InlineData("exit 3", "docker-credential-bad: get: exit code 3")]
    [InlineData("kill -9 $$", "docker-credential-bad: get: exit code 137")]
    [InlineData("echo hello", "docker-credential-bad: get: its answer is not a credential")]
    [InlineData("echo '{\"Username\":\"a\",\"Username\":\"b\"}'", "docker-credential-bad: get: its answer is not a credential")]
    [InlineData("exec head -c 2000000 /dev/zero", "docker-credential-bad: get: its answer is larger than 1 MiB")]
    [InlineData("exec cat /dev/zero", "docker-credential-bad: get: its answer is larger than 1 MiB")]
    public void Get_HelperFails_IsOneLineThatNamesIt(string script, string message)
    {
        using TemporaryState state = new();
        HelperProgram helper = Open(state, script);

        CredentialException thrown = Assert.Throws<CredentialException>(() => helper.Get(s_server));

        Assert.Equal(message, thrown.Message);
    }

    [Fact]
    public void Get_HelperHangs_IsKilledAtTheDeadline()
    {
        using TemporaryState state = new();
        HelperProgram helper = Open(state, $"echo $$ > {state.File("pid")}; exec sleep 1000", patience: 3000);

        CredentialException thrown = Assert.Throws<CredentialException>(() => helper.Get(s_server));

        Assert.Equal("docker-credential-bad: get: no answer after 3 s", thrown.Message);
        string pid = File.ReadAllText(state.File("pid")).Trim();
        Assert.False(Directory.Exists("/proc/" + pid));
    }

    [Fact]
    public void Get_HelperLeavesAProcessWithItsOutput_IsNotWaitedFor()
    {
        using TemporaryState state = new();
        HelperProgram helper = Open(
            state, $$"""sleep 1000 & echo $! > {{state.File("pid")}}; echo '{"Username":"u","Secret":"s"}'""");

        RegistryCredential? found = helper.Get(s_server);

        TestCommand.Run("kill", "-9", File.ReadAllText(state.File("pid")).Trim());
        Assert.Equal("u", found?.Username);
    }

    [Fact]
    public void Get_HelperDoesNotReadItsInput_StillAnswers()
    {
        using TemporaryState state = new();
        HelperProgram helper = Open(state, """exec <&-; echo '{"ServerURL":"x","Username":"u","Secret":"s","More":1}'""");

        Assert.Equal("s", helper.Get(s_server)?.Password);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../evil")]
    [InlineData("a/b")]
    [InlineData("-x")]
    [InlineData(".x")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public void Open_NoName_IsRefused(string name)
    {
        CredentialException thrown = Assert.Throws<CredentialException>(() => HelperProgram.Open(name, "/usr/bin"));

        Assert.Contains("not a name for a credential helper", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NotInAnAbsoluteDirectory_IsNotFound()
    {
        using TemporaryState state = new();
        _ = new HelperScript(state.File("bin"), "test");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, state.File("bin"));
        File.WriteAllText(state.File("docker-credential-plain"), "not executable");
        Directory.CreateDirectory(state.File("docker-credential-dir"));

        Assert.NotNull(HelperProgram.Open("test", "/nowhere:" + state.File("bin")));
        foreach (string? path in new[] { null, "", ".", relative, "::", "/nowhere" })
        {
            Assert.Equal(
                "docker-credential-test: executable file not found in $PATH",
                Assert.Throws<CredentialException>(() => HelperProgram.Open("test", path)).Message);
        }

        Assert.Throws<CredentialException>(() => HelperProgram.Open("plain", state.Path));
        Assert.Throws<CredentialException>(() => HelperProgram.Open("dir", state.Path));
    }

    private static HelperProgram Open(TemporaryState state, string script, int patience = 60_000) =>
        HelperProgram.Open("bad", new HelperScript(state.File("bin"), "bad", "#!/bin/sh\n" + script).SearchPath, patience);
}
