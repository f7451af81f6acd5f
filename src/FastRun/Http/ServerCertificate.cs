using System;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastRun.Engine.Errors;

namespace FastRun.Http;

/// <summary>A server's certificate and key, read from files in PEM.</summary>
internal static class ServerCertificate
{
    // id-kp-clientAuth, RFC 5280, 4.2.1.12.
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads them, for a server that talks to those alone who prove that an authority of its own vouches for them.</summary>
    /// <param name="certificate">The certificate first, then those of the authorities that lead to it.</param>
    /// <param name="key">Its private key.</param>
    /// <param name="authorities">The authorities of clients; no others count, the machine's least of all.</param>
    /// <exception cref="EngineException">They cannot be read, or are not each other's.</exception>
    internal static SslServerAuthenticationOptions ReadMutual(string certificate, string key, string authorities)
    {
        SslServerAuthenticationOptions options = Read(certificate, key);
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A client's certificate must not make this machine ask others.
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorities);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{authorities}: no certificate of an authority can be read from it", e);
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            throw EngineException.Invalid($"{authorities}: no certificate of an authority can be read from it");
        }

        options.CertificateChainPolicy = policy;
        options.ClientCertificateRequired = true;
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.RemoteCertificateValidationCallback = static (_, client, _, faults) => client is not null && faults == SslPolicyErrors.None;
        return options;
    }

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
