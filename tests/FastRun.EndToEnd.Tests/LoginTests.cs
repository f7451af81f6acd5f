using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>login</c> and <c>logout</c> against the Docker project's registry, beside docker and skopeo on the same files.</summary>
public sealed class LoginTests(TestImages images) : SandboxTest(images)
{
    private const string User = "alice";
    private const string Password = "wonder:land é";

    private string Home => Roots.NewDirectory("home");

    private string Config => Path.Combine(Home, ".docker", "config.json");

    private Dictionary<string, string?> Environment => new()
    {
        ["HOME"] = Home,
        ["DOCKER_CONFIG"] = null,
        ["DOCKER_AUTH_CONFIG"] = null,
        ["REGISTRY_AUTH_FILE"] = null,
        ["XDG_RUNTIME_DIR"] = Roots.NewDirectory("runtime"),
    };

    [Fact]
    public void Login_PasswordOnStdin_SaysAndWritesWhatDockerDoes()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        string config = Roots.NewFile("docker/config.json", """{"HttpHeaders":{"X-A":"1"}}""");
        CommandResult docker = new Command("docker", "login", "-u", User, "--password-stdin", registry.Authority)
        {
            Stdin = Password + "\n",
            Environment = With("DOCKER_CONFIG", Path.GetDirectoryName(config)),
        }.Run();

        CommandResult ours = Login(Password + "\n", "-u", User, "--password-stdin", registry.Authority);

        Assert.Equal(docker.Output, ours.Output);
        Assert.Contains($"WARNING! Your credentials are stored unencrypted in '{Config}'.", ours.Stderr, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(Auths(config), Auths(Config)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Config));
    }

    [Fact]
    public void Login_ThenDockerAndSkopeo_UseIt()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        Login(Password, "-u", User, "--password-stdin", "http://" + registry.Authority + "/v2/").Exits(0);

        string image = registry.Authority + "/busybox:1";
        Peer("skopeo", "copy", "-q", "--dest-tls-verify=false", Images.Busybox, "docker://" + image).Exits(0);
        Assert.Contains("layers", Peer("docker", "manifest", "inspect", "--insecure", image).Output, StringComparison.Ordinal);

        Logout(registry.Authority);
        Assert.NotEqual(0, Peer("skopeo", "inspect", "--tls-verify=false", "docker://" + image).ExitCode);
    }

    [Fact]
    public void Login_AfterDockers_UsesItsCredentials()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        Peer("docker", "login", "-u", User, "-p", Password, registry.Authority).Exits(0);

        CommandResult result = Login("", registry.Authority);

        Assert.Equal("Login Succeeded", result.Output);
        Assert.Contains($"Authenticating with existing credentials... [Username: {User}]", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REGISTRY_AUTH_FILE", "auth.json")]
    [InlineData("XDG_RUNTIME_DIR", "containers/auth.json")]
    public void Login_AfterSkopeos_UsesItsCredentials(string variable, string name)
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        string file = Path.Combine(Roots.NewDirectory("runtime"), name);
        Peer(
            "skopeo", "login", "--tls-verify=false", "--authfile", file, "-u", User, "-p", Password, registry.Authority).Exits(0);

        CommandResult result = (FastRun("login", registry.Authority) with
        {
            Environment = With(variable, variable == "XDG_RUNTIME_DIR" ? Roots.NewDirectory("runtime") : file),
        }).Run();

        Assert.Equal("Login Succeeded", result.Output);
    }

    [Fact]
    public void Login_VariableForCiJobs_IsReadFirstAndSaid()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        string auth = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{User}:{Password}"));

        CommandResult result = (FastRun("login", registry.Authority) with
        {
            Environment = With("DOCKER_AUTH_CONFIG", "{\"auths\":{\"" + registry.Authority + "\":{\"auth\":\"" + auth + "\"}}}"),
        }).Run();

        Assert.Equal("Login Succeeded", result.Output);
        Assert.Contains("$DOCKER_AUTH_CONFIG is set", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_WrongPassword_IsRefusedAndNothingIsKept()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);

        Login("wrong", "-u", User, "--password-stdin", registry.Authority).FailsWith(1, registry.Authority, "unauthorized");

        Assert.False(File.Exists(Config));
    }

    [Fact]
    public void Login_RegistryIsOut_SaysSo() =>
        Login("x", "-u", User, "--password-stdin", "localhost:1").FailsWith(1, "localhost:1", "connection refused");

    [Fact]
    public void Login_OpenRegistry_Succeeds()
    {
        using DockerRegistry registry = new();

        Assert.Equal("Login Succeeded", Login("x", "-u", User, "--password-stdin", registry.Authority).Output);
    }

    [Fact]
    public void Login_PasswordFlag_WarnsThatOthersSeeIt()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);

        CommandResult result = Login("", "-u", User, "-p", Password, registry.Authority).Exits(0);

        Assert.StartsWith("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_WrongCommandLine_IsUsage()
    {
        Login("x", "-u", "a", "--password-stdin", "a", "b").Exits(125);
        Login("x", "--password-stdin").Exits(125);
        CommandResult both = Login("x", "-u", "a", "-p", "b", "--password-stdin").Exits(125);
        Assert.Contains("cannot specify both --password and --password-stdin", both.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_NoTerminalAndNoPassword_SaysHow() =>
        Login("", "-u", User, "localhost:1").FailsWith(1, "cannot perform an interactive login from a non TTY device", "--password-stdin");

    [Theory]
    [InlineData("user:password@localhost:1")]
    [InlineData("../x")]
    [InlineData("a b")]
    public void Login_NoRegistryName_IsRefused(string server) =>
        Login("x", "-u", User, "--password-stdin", server).FailsWith(1, "invalid registry name");

    [Fact]
    public void Login_MalformedConfig_IsNamedAndLeftAlone()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        Roots.NewFile("home/.docker/config.json", "{");

        Login(Password, "-u", User, "--password-stdin", registry.Authority).FailsWith(1, Config, "invalid JSON");

        Assert.Equal("{", File.ReadAllText(Config));
    }

    [Fact]
    public void Login_Terminal_AsksAndHidesThePassword()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        using PseudoTerminal terminal = new(FastRun("login", registry.Authority) with { Environment = Environment });
        string settings = terminal.Settings();

        terminal.Expect("Username: ");
        terminal.Type(User + "\r");
        terminal.Expect("Password: ");
        terminal.Type(Password + "\r");
        terminal.Expect("Login Succeeded");

        Assert.Equal(0, terminal.Wait());
        Assert.DoesNotContain(Password, terminal.Seen, StringComparison.Ordinal);
        Assert.Equal(settings, terminal.Settings());
        Assert.True(File.Exists(Config));
    }

    [Fact]
    public void Login_InterruptedAtThePassword_RestoresTheTerminal()
    {
        using PseudoTerminal terminal = new(FastRun("login", "localhost:1") with { Environment = Environment });
        terminal.Expect("Username: ");
        string settings = terminal.Settings();

        terminal.Type(User + "\r");
        terminal.Expect("Password: ");
        terminal.Type("half\x03");

        Assert.Equal(130, terminal.Wait());
        Assert.DoesNotContain("half", terminal.Seen, StringComparison.Ordinal);
        Assert.Equal(settings, terminal.Settings());
    }

    [Fact]
    public void Login_CredentialHelper_KeepsThePassword()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, User, Password);
        string kept = Path.Combine(Roots.Top, "kept");
        string source = Roots.NewFile("helper", $$"""
            #!/bin/sh
            case $1 in
            store) exec cat >{{kept}} ;;
            get) cat {{kept}} 2>&- || { echo "credentials not found in native keychain"; exit 1; } ;;
            erase) rm -f {{kept}} ;;
            esac
            """);
        string bin = Roots.NewDirectory("bin");
        Command.Run("install", "-m", "755", source, Path.Combine(bin, "docker-credential-test")).Exits(0);
        Roots.NewFile("home/.docker/config.json", """{"credsStore":"test"}""");
        Dictionary<string, string?> environment = With("PATH", $"{bin}:/usr/bin:/bin");

        CommandResult login = (FastRun("login", "-u", User, "-p", Password, registry.Authority) with { Environment = environment }).Run();
        Assert.Equal("Login Succeeded", login.Output);
        Assert.DoesNotContain("unencrypted", login.Stderr, StringComparison.Ordinal);
        Assert.Contains(registry.Authority, File.ReadAllText(kept), StringComparison.Ordinal);
        Assert.Equal($$$"""{"{{{registry.Authority}}}":{}}""", Auths(Config)!.ToJsonString());

        Assert.Equal("Login Succeeded", (FastRun("login", registry.Authority) with { Environment = environment }).Run().Output);
        (FastRun("logout", registry.Authority) with { Environment = environment }).Run().Exits(0);
        Assert.False(File.Exists(kept));
        Assert.Equal("{}", Auths(Config)!.ToJsonString());
    }

    [Fact]
    public void Logout_SaysAndForgetsAsDocker()
    {
        Roots.NewFile("home/.docker/config.json", """{"auths":{"https://r.example/v1/":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"dTpw"}}}""");

        Assert.Equal("Removing login credentials for r.example", Logout("https://r.example").Output);
        Assert.Equal("Removing login credentials for https://index.docker.io/v1/", Logout().Output);
        Assert.Equal("{}", Auths(Config)!.ToJsonString());
        Logout("never.example").Exits(0);
    }

    [Fact]
    public void Login_TokenServer_ShowsNameAndPasswordToItOnly()
    {
        using TokenServer server = new(User, Password);
        using DockerRegistry registry = GuardedRegistry.WithTokens(Roots, server);

        Assert.Equal("Login Succeeded", Login(Password, "-u", User, "--password-stdin", registry.Authority).Output);
        Login("wrong", "-u", User, "--password-stdin", registry.Authority).FailsWith(1, registry.Authority, "incorrect username or password");

        Assert.Equal([(User, ""), ("(refused)", "")], server.Questions);
        Assert.NotNull(Auths(Config)![registry.Authority]!["auth"]);
    }

    [Fact]
    public void Login_TokenServerWithRefreshTokens_KeepsTheTokenInsteadOfThePassword()
    {
        using TokenServer server = new(User, Password) { GivesRefreshTokens = true };
        using DockerRegistry registry = GuardedRegistry.WithTokens(Roots, server);

        CommandResult result = Login(Password, "-u", User, "--password-stdin", registry.Authority).Exits(0);

        JsonNode entry = Auths(Config)![registry.Authority]!;
        Assert.Equal(TokenServer.RefreshToken, (string?)entry["identitytoken"]);
        Assert.Equal(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(User + ":")), (string?)entry["auth"]);
        Assert.DoesNotContain("unencrypted", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_TokensThatTheRegistryRefuses_FailsOnce()
    {
        using TokenServer server = new(User, Password) { Lifetime = TimeSpan.FromMinutes(-10) };
        using DockerRegistry registry = GuardedRegistry.WithTokens(Roots, server);

        Login(Password, "-u", User, "--password-stdin", registry.Authority).FailsWith(1, registry.Authority, "unauthorized");

        Assert.Single(server.Questions);
        Assert.False(File.Exists(Config));
    }

    private static JsonNode? Auths(string config) => JsonNode.Parse(File.ReadAllText(config))!["auths"];

    private Dictionary<string, string?> With(string name, string? value) => new(Environment) { [name] = value };

    private CommandResult Login(string stdin, params IReadOnlyList<string> arguments) =>
        (FastRun(["login", .. arguments]) with { Stdin = stdin, Environment = Environment }).Run();

    private CommandResult Logout(params IReadOnlyList<string> arguments) =>
        (FastRun(["logout", .. arguments]) with { Environment = Environment }).Run();

    private CommandResult Peer(string program, params IReadOnlyList<string> arguments) =>
        (new Command(program, arguments) with { Environment = Environment }).Run();
}
