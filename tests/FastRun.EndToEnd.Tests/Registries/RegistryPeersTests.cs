using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>The registry with the clients that use it, over plain HTTP, TLS and with passwords.</summary>
public sealed class RegistryPeersTests(TestImages images) : SandboxTest(images)
{
    private string Directory => Path.Combine(Roots.Top, "registry");

    [Fact]
    public void Skopeo_PushesWhatItAndFastRunPull()
    {
        using OwnRegistry registry = new(Directory);
        string name = $"{registry.Authority}/team/app:v1";
        Copy(Images.Layered, "docker://" + name);

        string back = Path.Combine(Roots.Top, "back");
        Copy("docker://" + name, $"oci:{back}:v1");
        Assert.Equal(
            Inspect(Images.Layered, "--format", "{{.Digest}}"), Inspect("docker://" + name, "--format", "{{.Digest}}"));
        Assert.Contains("\"v1\"", Command.Output("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Authority}/team/app"), StringComparison.Ordinal);
        Assert.Equal(name, FastRun("pull", "-q", name).Run().Output);
        Assert.Equal("directory now", FastRun("exec", "--no-workspace", name, "--", "cat", "/case/becomes-directory/leaf").Run().Output);
    }

    [Fact]
    public void Skopeo_ManyPlatforms_ArePushedAndPulled()
    {
        using OwnRegistry registry = new(Directory);
        string name = $"{registry.Authority}/multi:latest";
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--all", "--dest-tls-verify=false", Images.MultiPlatform, "docker://" + name);

        Assert.Equal("host", FastRun("exec", "--no-workspace", name, "--", "cat", "/platform").Run().Output);
    }

    [Fact]
    public void TwoServers_OfOneDirectory_ServeTheSame()
    {
        using OwnRegistry one = new(Directory);
        using OwnRegistry other = new(Directory);
        byte[] layer = OwnRegistry.Bytes(10_000);
        string digest = one.PushImage("a", "v1", layer);

        Assert.Equal(200, other.Status(HttpMethod.Get, "/v2/a/manifests/" + digest));

        // An upload that was begun at one goes on at the other.
        byte[] content = OwnRegistry.Bytes(5000, seed: 2);
        string place = one.BeginUpload("a");
        Assert.Equal(202, one.Status(HttpMethod.Patch, place, content[..1000]));
        Assert.Equal(202, other.Status(HttpMethod.Patch, place, content[1000..3000]));
        Assert.Equal(201, one.Status(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}", content[3000..]));
        Assert.Equal(content, other.Get("/v2/a/blobs/" + OwnRegistry.Sha256(content)));
    }

    [Fact]
    public void Password_IsAskedForAndTaken()
    {
        string users = Roots.NewFile("users", Command.Output("htpasswd", "-nbB", "-C", "4", "me", "se:cret"));
        using OwnRegistry registry = new(Directory, ["--htpasswd", users]);
        string name = $"{registry.Authority}/app:v1";

        using HttpResponseMessage refused = registry.Send(HttpMethod.Get, "/v2/");
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal("Basic", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
        foreach (string wrong in (string[])["me:other", "you:se:cret", "me:", ":se:cret"])
        {
            Assert.NotEqual(0, Push(name, wrong).ExitCode);
        }

        _ = Push(name, "me:se:cret").Exits(0);

        // Who is put into the file comes in without a restart, and who is taken out stays outside.
        File.WriteAllText(users, Command.Output("htpasswd", "-nbB", "-C", "4", "you", "new"));
        Assert.NotEqual(0, Push(name, "me:se:cret").ExitCode);
        _ = Push(name, "you:new").Exits(0);
    }

    [Fact]
    public void Tls_WithAnAuthorityOfItsOwn_IsTrusted()
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        string own = Roots.NewDirectory("own");
        certificate.WriteTo(Path.Combine(own, "ca.crt"));
        string key = Path.Combine(Roots.Top, "server.key");
        certificate.WriteKeyTo(key);
        using OwnRegistry registry = new(Directory, ["--tls-cert", Path.Combine(own, "ca.crt"), "--tls-key", key]);
        string name = $"{registry.Authority}/app:v1";
        Assert.Equal("https", registry.Address.Scheme);

        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--dest-cert-dir", own, Images.Busybox, "docker://" + name);

        string trusted = System.IO.Directory.CreateDirectory(Path.Combine(Roots.Top, "config/docker/certs.d", registry.Authority)).FullName;
        File.Copy(Path.Combine(own, "ca.crt"), Path.Combine(trusted, "ca.crt"));
        Command pull = FastRun("pull", "-q", name) with
        {
            Environment = new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = Path.Combine(Roots.Top, "config") },
        };
        Assert.Equal(name, pull.Run().Output);
    }

    [Fact]
    public void PlainHttp_WhereOthersSeeIt_HasToBeAskedFor()
    {
        FastRun("registry", "serve", "--listen", "0.0.0.0:0", Directory).Run().FailsWith(1, "plain HTTP", "--allow-plain-http");
        FastRun("registry", "serve", "--listen", "nowhere", Directory).Run().FailsWith(1, "invalid address");
        FastRun("registry", "serve", "--tls-cert", "x", Directory).Run().Exits(125);
        Roots.NewFile("full/file", "");
        FastRun("registry", "serve", Path.Combine(Roots.Top, "full")).Run().FailsWith(1, "not empty");
        string users = Roots.NewFile("users", "me:$apr1$abcdefgh$abcdefghijklmnopqrstuv\n");
        FastRun("registry", "serve", "--htpasswd", users, Directory).Run().FailsWith(1, "line 1", "htpasswd -B");
    }

    [Fact]
    public void Address_InUse_IsSaid()
    {
        using OwnRegistry registry = new(Directory);

        FastRun("registry", "serve", "--listen", registry.Authority, Path.Combine(Roots.Top, "other")).Run()
            .FailsWith(1, registry.Authority, "address already in use");
    }

    private CommandResult Push(string name, string credentials) => new Command(
        "skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "--dest-creds", credentials, Images.Busybox, "docker://" + name).Run();

    private static void Copy(string from, string to) => _ = Command.Output(
        "skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false", from, to);

    private static string Inspect(string name, params IReadOnlyList<string> more) =>
        Command.Output("skopeo", ["inspect", "--tls-verify=false", .. more, name]);
}
