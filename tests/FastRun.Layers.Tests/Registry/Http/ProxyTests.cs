using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Http;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry.Http;

/// <summary>Registries that only a proxy of the environment leads to.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Name = "registry.test:5000";

    private readonly TemporaryState _state = new();
    private readonly byte[] _manifest = "{}"u8.ToArray();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("me:p@ss")]
    public void Http_GoesThroughTheProxy(string? credentials)
    {
        using FaultyRegistry registry = Serve(null);
        using TestProxy proxy = new(registry.Authority, credentials);

        // With https first, which the server does not speak.
        Assert.Equal(_manifest, Fetch(Name, isInsecure: true, Environment(proxy, credentials)));

        Assert.Equal($"CONNECT {Name}", proxy.Requests.First());
        Assert.Contains($"GET http://{Name}/v2/app/manifests/1", proxy.Requests);
        Assert.Equal("/v2/app/manifests/1", registry.Requests.Last().Path);
        Assert.Equal("", registry.Requests.Last().Header("Authorization"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("me:p@ss")]
    public void Https_GoesThroughATunnelAndIsVerifiedBehindIt(string? credentials)
    {
        using X509Certificate2 certificate = TestCertificate.Make("registry.test");
        using FaultyRegistry registry = Serve(certificate);
        using TestProxy proxy = new(registry.Authority, credentials);
        Directory.CreateDirectory(_state.File("certs.d/" + Name));
        certificate.WriteTo(_state.File($"certs.d/{Name}/ca.crt"));

        Assert.Equal(_manifest, Fetch(Name, isInsecure: false, Environment(proxy, credentials)));

        Assert.Equal([$"CONNECT {Name}"], proxy.Requests);
        Assert.Equal("", Assert.Single(registry.Requests).Header("Proxy-Authorization"));
    }

    [Fact]
    public void Https_WithACertificateForAnotherNameBehindTheTunnel_IsRefused()
    {
        using X509Certificate2 certificate = TestCertificate.Make("other.test");
        using FaultyRegistry registry = Serve(certificate);
        using TestProxy proxy = new(registry.Authority);
        Directory.CreateDirectory(_state.File("certs.d/" + Name));
        certificate.WriteTo(_state.File($"certs.d/{Name}/ca.crt"));

        RegistryException e = Assert.Throws<RegistryException>(() => Fetch(Name, isInsecure: false, Environment(proxy, null)));

        Assert.EndsWith("the certificate is for another name", e.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public void WrongCredentials_AreToldAndNeverShownToTheRegistry()
    {
        using FaultyRegistry registry = Serve(null);
        using TestProxy proxy = new(registry.Authority, "me:right");

        Assert.Throws<RegistryException>(() => Fetch(Name, isInsecure: true, Environment(proxy, "me:wrong")));

        Assert.Empty(registry.Requests);
    }

    [Fact]
    public void Loopback_IsReachedDirectly()
    {
        using FaultyRegistry registry = Serve(null);
        using TestProxy proxy = new(registry.Authority);

        Assert.Equal(_manifest, Fetch(registry.Authority, isInsecure: true, Environment(proxy, null)));

        Assert.Empty(proxy.Requests);
    }

    private static Dictionary<string, string> Environment(TestProxy proxy, string? credentials)
    {
        string address = credentials is null
            ? proxy.Authority
            : $"http://{credentials.Replace("@", "%40", StringComparison.Ordinal)}@{proxy.Authority}";
        return new() { ["HTTP_PROXY"] = address, ["HTTPS_PROXY"] = address };
    }

    private byte[] Fetch(string registry, bool isInsecure, Dictionary<string, string> environment)
    {
        RegistryConfiguration configuration = new(
            new Dictionary<string, RegistrySettings> { [registry] = new([], isInsecure) },
            ProxyRules.FromEnvironment(environment.GetValueOrDefault),
            new TlsTrust([_state.File("certs.d")], static _ => null));
        ImageReference name = ImageReference.Parse(registry + "/app:1");
        using RegistryClient client = new(name, new RegistryClientOptions
        {
            Configuration = configuration,
            Credentials = AnonymousCredentials.Instance,
            Timeouts = TestRepository.Quick,
        });
        return client.FetchManifest(name).Bytes.ToArray();
    }

    private FaultyRegistry Serve(X509Certificate2? certificate)
    {
        FaultyRegistry registry = new(certificate);
        registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        return registry;
    }
}
