using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastRun.Engine.Errors;

namespace FastRun.Http;

/// <summary>A server's certificate and key, read from files in PEM.</summary>
internal static class ServerCertificate
{
    /// <summary>Reads them.</summary>
    /// <param name="certificate">The certificate first, then those of the authorities that lead to it.</param>
    /// <param name="key">Its private key.</param>
    /// <exception cref="EngineException">They cannot be read, or are not each other's.</exception>
    internal static SslServerAuthenticationOptions Read(string certificate, string key)
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificate);
            X509Certificate2 own = X509Certificate2.CreateFromPemFile(certificate, key);
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
                ClientCertificateRequired = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument, $"{certificate}: no certificate with the key {key} can be read from it", e);
        }
    }
}
