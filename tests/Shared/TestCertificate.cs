using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastRun.TestRegistry;

/// <summary>Certificates that sign themselves: each is its own authority.</summary>
internal static class TestCertificate
{
    /// <summary>Makes one, with its key.</summary>
    /// <param name="host">The address or name that it is for.</param>
    /// <param name="until">When it expires.</param>
    internal static X509Certificate2 Make(string host, DateTimeOffset? until = null)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(
            "CN=" + Guid.NewGuid(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-10), until ?? DateTimeOffset.UtcNow.AddDays(10));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Writes the certificate to a file, in PEM.</summary>
    internal static void WriteTo(this X509Certificate2 certificate, string file) =>
        File.WriteAllText(file, certificate.ExportCertificatePem());

    /// <summary>Writes the private key to a file, in PEM.</summary>
    internal static void WriteKeyTo(this X509Certificate2 certificate, string file)
    {
        using RSA key = certificate.GetRSAPrivateKey()!;
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
    }
}
