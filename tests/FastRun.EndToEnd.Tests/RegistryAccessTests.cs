using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Ways to a registry as the published binary goes them: its own authority, client certificates, proxies.</summary>
public sealed class RegistryAccessTests(TestImages images) : SandboxTest(images)
{
    private readonly Dictionary<string, string?> _environment = [];

    [Fact]
    public void Pull_RegistryWithAnAuthorityAndClientCertificates_CertsDLeadsThere()
    {
        using X509Certificate2 server = TestCertificate.Make("127.0.0.1");
        using X509Certificate2 client = TestCertificate.Make("client.test");
        server.WriteTo(Top("server.crt"));
        server.WriteKeyTo(Top("server.key"));
        client.WriteTo(Top("client.crt"));
        client.WriteKeyTo(Top("client.key"));
        using DockerRegistry registry = new($"""
              tls:
                certificate: {Top("server.crt")}
                key: {Top("server.key")}
                clientcas: [{Top("client.crt")}]
            """);
        string certificates = Directory.CreateDirectory(Top("own")).FullName;
        foreach (string file in (string[])["client.crt:client.cert", "client.key:client.key", "server.crt:ca.crt"])
        {
            File.Copy(Top(file.Split(':')[0]), Path.Combine(certificates, file.Split(':')[1]));
        }

        string name = registry.Authority + "/app:latest";
        _ = new Command(
            "skopeo", "--insecure-policy", "copy", "-q", "--dest-cert-dir", certificates, Images.Busybox, "docker://" + name).Run().Exits(0);
        _environment["XDG_CONFIG_HOME"] = Top("config");
        string own = Path.Combine(Top("config"), "docker/certs.d", registry.Authority);
        Directory.CreateDirectory(own);

        // The authority makes the certificate count, on loopback too; without a certificate of its own the client is refused.
        File.Copy(Top("server.crt"), Path.Combine(own, "ca.crt"));
        Pull(name).Exits(1);
        File.Copy(Top("client.crt"), Path.Combine(own, "client.cert"));
        File.Copy(Top("client.key"), Path.Combine(own, "client.key"));

        Assert.Equal(name, Pull(name).Output);

        // Another authority does not do.
        File.Copy(Top("client.crt"), Path.Combine(own, "ca.crt"), overwrite: true);
        Pull(name).FailsWith(1, "the certificate is signed by unknown authority");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pull_RegistryBehindAProxy_IsReachedThroughIt(bool encrypted)
    {
        const string Host = "registry.test:5000";
        using X509Certificate2 certificate = TestCertificate.Make("registry.test");
        using FaultyRegistry registry = new(encrypted ? certificate : null);
        OciLayout layout = new(Top("layout"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray()]);
        registry.Add(layout);
        using TestProxy proxy = new(registry.Authority, "me:secret");
        _environment[encrypted ? "HTTPS_PROXY" : "http_proxy"] = $"http://me:secret@{proxy.Authority}";
        _environment["XDG_CONFIG_HOME"] = Top("config");
        if (encrypted)
        {
            certificate.WriteTo(Path.Combine(Directory.CreateDirectory(Top($"config/docker/certs.d/{Host}")).FullName, "ca.crt"));
        }
        else
        {
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Top("config/fastrun")).FullName, "config.json"),
                $$"""{"registries":{"{{Host}}":{"insecure":true} } }""");
        }

        Assert.Equal($"{Host}/app:latest", Pull($"{Host}/app").Output);

        Assert.Contains(encrypted ? $"CONNECT {Host}" : $"GET http://{Host}/v2/app/manifests/latest", proxy.Requests);
        Assert.DoesNotContain(registry.Requests, static request => request.Header("Proxy-Authorization").Length > 0);

        // What is on loopback never goes there.
        using FaultyRegistry local = new();
        local.Add(layout);
        int before = proxy.Requests.Count;
        Assert.Equal($"{local.Authority}/app:latest", Pull($"{local.Authority}/app").Output);
        Assert.Equal(before, proxy.Requests.Count);
    }

    private string Top(string name) => Path.Combine(Roots.Top, name);

    private CommandResult Pull(string name) => (FastRun("pull", "-q", name) with { Environment = _environment }).Run();
}
