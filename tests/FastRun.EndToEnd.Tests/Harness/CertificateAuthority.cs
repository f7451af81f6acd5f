using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>An authority that vouches for servers and clients, with files for all in a folder of the test.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>id-kp-serverAuth and id-kp-clientAuth (RFC 5280, 4.2.1.12).</summary>
    internal const string Server = "1.3.6.1.5.5.7.3.1";
    internal const string Client = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _own;

    internal CertificateAuthority(string folder)
    {
        _folder = folder;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
        File = Path.Combine(folder, "ca.pem");
        System.IO.File.WriteAllText(File, _own.ExportCertificatePem());
    }

    /// <summary>Its own certificate.</summary>
    internal string File { get; }

    /// <summary>Makes a certificate for 127.0.0.1 and returns its files.</summary>
    /// <param name="name">What it is called, which nobody has to believe.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="until">When it expires.</param>
    internal (string Certificate, string Key) Issue(string name, string use, DateTimeOffset? until = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=" + name, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], true));
        byte[] serial = Guid.NewGuid().ToByteArray();
        serial[0] &= 0x7f;
        using X509Certificate2 made = request.Create(_own, DateTimeOffset.UtcNow.AddDays(-9), until ?? DateTimeOffset.UtcNow.AddDays(9), serial);
        (string certificate, string keyFile) = (Path.Combine(_folder, name + ".pem"), Path.Combine(_folder, name + "-key.pem"));
        System.IO.File.WriteAllText(certificate, made.ExportCertificatePem());
        System.IO.File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificate, keyFile);
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();
}
