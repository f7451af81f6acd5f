using System;
using System.Collections.Generic;
using System.IO;
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
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, certificate);

        Assert.Equal(_manifest, Fetch(registry));
    }

    [Fact]
    public void ACertificateOfAnUnknownAuthority_IsRefused()
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        using X509Certificate2 other = TestCertificate.Make("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        Trust(registry, other);

        RegistryException e = Assert.Throws<RegistryException>(() => Fetch(registry));

        Assert.Equal(RegistryErrorKind.Insecure, e.Kind);
        Assert.EndsWith("the certificate is signed by unknown authority", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACertificateForAnotherName_IsRefused()
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.2");
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
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1", DateTimeOffset.UtcNow.AddDays(-1));
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
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.2");
        using FaultyRegistry registry = Serve(certificate);

        Assert.Equal(_manifest, Fetch(registry));
    }

    [Fact]
    public void ARedirectFromHttpsToHttp_IsRefused()
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
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
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
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

    [Fact]
    public void AClientCertificate_IsShownToTheRegistryThatCertsDHasItFor()
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        using X509Certificate2 own = TestCertificate.Make("client.test");
        using FaultyRegistry registry = Serve(certificate);
        registry.ClientCertificate = own;
        Trust(registry, certificate);

        Assert.Throws<RegistryException>(() => Fetch(registry));
        own.WriteTo(Path.Combine(CertificateDirectory(registry), "client.cert"));
        own.WriteKeyTo(Path.Combine(CertificateDirectory(registry), "client.key"));

        Assert.Equal(_manifest, Fetch(registry));
    }

    [Fact]
    public void AClientCertificateWithoutItsKey_IsNamed()
    {
        using X509Certificate2 own = TestCertificate.Make("client.test");
        using FaultyRegistry registry = new();
        string file = Path.Combine(CertificateDirectory(registry), "client.cert");
        own.WriteTo(file);

        Assert.Equal(
            $"{file}: no certificate with the key {Path.ChangeExtension(file, ".key")} can be read from it",
            Assert.Throws<RegistryConfigurationException>(() => Fetch(registry)).Message);
    }

    /// <summary>Where Debian and Alpine, Fedora, SUSE, old RHEL and old Alpine keep the authorities.</summary>
    [Theory]
    [InlineData("etc/ssl/certs/ca-certificates.crt")]
    [InlineData("etc/pki/tls/certs/ca-bundle.crt")]
    [InlineData("etc/ssl/ca-bundle.pem")]
    [InlineData("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")]
    [InlineData("etc/ssl/cert.pem")]
    public void TheSystemsBundle_IsFoundInItsPlace(string bundle)
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        using X509Certificate2 other = TestCertificate.Make("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        string file = _state.File("root/" + bundle);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, other.ExportCertificatePem() + "\n" + certificate.ExportCertificatePem() + "\n");

        Assert.Equal(_manifest, FetchVerified(registry, new TlsTrust([], static _ => null, _state.File("root"))));
        Assert.Equal(
            RegistryErrorKind.Insecure,
            Assert.Throws<RegistryException>(() => FetchVerified(registry, new TlsTrust([], static _ => null, _state.File("none")))).Kind);
    }

    [Theory]
    [InlineData("SSL_CERT_FILE")]
    [InlineData("SSL_CERT_DIR")]
    public void TheEnvironmentsBundle_IsUsed(string variable)
    {
        using X509Certificate2 certificate = TestCertificate.Make("127.0.0.1");
        using FaultyRegistry registry = Serve(certificate);
        string directory = Directory.CreateDirectory(_state.File("own")).FullName;
        certificate.WriteTo(Path.Combine(directory, "ca.pem"));
        string value = variable == "SSL_CERT_DIR" ? "/nowhere:" + directory : Path.Combine(directory, "ca.pem");

        Assert.Equal(
            _manifest, FetchVerified(registry, new TlsTrust([], name => name == variable ? value : null, _state.File("none"))));
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
            new Dictionary<string, RegistrySettings>(), ProxyRules.None, new TlsTrust([_state.File("certs.d")], static _ => null));
        using RegistryClient client = registry.Client(configuration: configuration);
        return client.FetchManifest(registry.Name()).Bytes.ToArray();
    }

    /// <summary>As if the registry were not on loopback.</summary>
    private static byte[] FetchVerified(FaultyRegistry registry, TlsTrust trust)
    {
        Dictionary<string, RegistrySettings> verified = new() { [registry.Authority] = new([], IsInsecure: false) };
        using RegistryClient client = registry.Client(configuration: new RegistryConfiguration(verified, ProxyRules.None, trust));
        return client.FetchManifest(registry.Name()).Bytes.ToArray();
    }
}
