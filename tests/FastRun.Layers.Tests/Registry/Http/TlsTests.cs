using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Http;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry.Http;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly byte[] _manifest = "{}"u8.ToArray();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void ACertificateOfAnOwnAuthority_IsTrustedWhereCertsDHasIt()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, certificate);

        Assert.Equal(_manifest, Fetch(registry));
    }

    [Fact]
    public void ACertificateOfAnUnknownAuthority_IsRefused()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.1");
        using X509Certificate2 other = Certificate("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, other);

        RegistryException e = Assert.Throws<RegistryException>(() => Fetch(registry));

        Assert.Equal(RegistryErrorKind.Insecure, e.Kind);
        Assert.EndsWith("the certificate is signed by unknown authority", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACertificateForAnotherName_IsRefused()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.2");
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, certificate);

        Assert.EndsWith(
            "the certificate is for another name",
            Assert.Throws<RegistryException>(() => Fetch(registry)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnExpiredCertificate_IsRefused()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.1", DateTimeOffset.UtcNow.AddDays(-1));
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, certificate);

        Assert.EndsWith(
            "the certificate has expired or is not valid yet",
            Assert.Throws<RegistryException>(() => Fetch(registry)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnInsecureRegistry_MayShowAnyCertificate()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.2");
        using FaultyRegistry registry = Serve(certificate);

        Assert.Equal(_manifest, Fetch(registry));
    }

    [Fact]
    public void ARedirectFromHttpsToHttp_IsRefused()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        using FaultyRegistry plain = new();
        registry.Answer = exchange =>
        {
            exchange.Respond(307, [], "Location: " + plain.Address + exchange.Request.Path);
            return true;
        };

        RegistryException e = Assert.Throws<RegistryException>(() => Fetch(registry));

        Assert.Equal(RegistryErrorKind.Insecure, e.Kind);
        Assert.EndsWith(
            $"refused: a redirect leads from https to plain http at {plain.Authority}", e.Message, StringComparison.Ordinal);
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public void AnHttpsRegistrysTokenServerWithHttp_IsRefused()
    {
        using X509Certificate2 certificate = Certificate("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        using FaultyRegistry tokens = new();
        registry.Answer = exchange =>
        {
            exchange.RespondError(401, "UNAUTHORIZED", "no", $"WWW-Authenticate: Bearer realm=\"{tokens.Address}/token\"");
            return true;
        };

        Assert.EndsWith(
            "names a token server with plain http",
            Assert.Throws<RegistryException>(() => Fetch(registry)).Message,
            StringComparison.Ordinal);
        Assert.Empty(tokens.Requests);
    }

    [Fact]
    public void AnUnreadableAuthority_IsNamed()
    {
        using FaultyRegistry registry = new();
        string file = Path.Combine(CertificateDirectory(registry), "ca.crt");
        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.Equal(
            $"{file}: no certificates can be read from it",
            Assert.Throws<RegistryConfigurationException>(() => Fetch(registry)).Message);
    }

    private static X509Certificate2 Certificate(string address, DateTimeOffset? until = null)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(
            "CN=" + Guid.NewGuid(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-10), until ?? DateTimeOffset.UtcNow.AddDays(10));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private FaultyRegistry Serve(X509Certificate2 certificate)
    {
        FaultyRegistry registry = new(certificate);
        registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        return registry;
    }

    private string CertificateDirectory(FaultyRegistry registry) =>
        Directory.CreateDirectory(_state.File("certs.d/" + registry.Authority)).FullName;

    private void Trust(FaultyRegistry registry, X509Certificate2 certificate) => File.WriteAllText(
        Path.Combine(CertificateDirectory(registry), "ca.crt"), certificate.ExportCertificatePem());

    private byte[] Fetch(FaultyRegistry registry)
    {
        RegistryConfiguration configuration = new(
            new Dictionary<string, RegistrySettings>(), ProxyRules.None, [_state.File("certs.d")]);
        using RegistryClient client = registry.Client(configuration: configuration);
        return client.FetchManifest(registry.Name()).Bytes.ToArray();
    }
}
