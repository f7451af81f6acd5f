using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastRun.Layers.Registry.Http;

/// <summary>
/// Whose certificates count. A static OpenSSL looks where Debian keeps them only, so the usual places are looked at here;
/// for one registry, <c>certs.d/&lt;host:port&gt;</c> adds authorities (<c>*.crt</c>) and what the client shows of itself
/// (<c>NAME.cert</c> with <c>NAME.key</c>), as dockerd does.
/// </summary>
/// <param name="directories">Places of <c>certs.d</c>.</param>
/// <param name="environment">Where SSL_CERT_FILE and SSL_CERT_DIR come from.</param>
/// <param name="root">Where the system's bundles are looked for.</param>
internal sealed class TlsTrust(IReadOnlyList<string> directories, Func<string, string?> environment, string root = "/")
{
    // In the order in which Go's crypto/x509 looks: Debian and Alpine, Fedora, SUSE, old RHEL, old Alpine.
    internal static readonly string[] Bundles =
    [
        "etc/ssl/certs/ca-certificates.crt",
        "etc/pki/tls/certs/ca-bundle.crt",
        "etc/ssl/ca-bundle.pem",
        "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "etc/ssl/cert.pem",
    ];

    /// <summary>Whether <c>certs.d</c> names an authority for a host, which then counts on loopback, too.</summary>
    internal bool HasOwnAuthority(string authority)
    {
        foreach (string directory in OwnDirectories(authority))
        {
            if (Directory.EnumerateFiles(directory, "*.crt").GetEnumerator().MoveNext())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How to speak TLS with a host.</summary>
    /// <param name="authority">Host and port.</param>
    /// <param name="verifies">Whether its certificate must be trusted.</param>
    /// <exception cref="RegistryConfigurationException">A certificate cannot be read.</exception>
    internal SslClientAuthenticationOptions OptionsFor(string authority, bool verifies)
    {
        X509ChainPolicy policy = new()
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        X509Certificate2Collection shown = [];
        foreach (string directory in OwnDirectories(authority))
        {
            foreach (string file in Directory.EnumerateFiles(directory, "*.crt"))
            {
                Import(policy.CustomTrustStore, file);
            }

            foreach (string file in Directory.EnumerateFiles(directory, "*.cert"))
            {
                shown.Add(ReadPair(file, Path.ChangeExtension(file, ".key")));
            }
        }

        if (verifies)
        {
            ImportSystem(policy.CustomTrustStore);
        }

        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificates = shown,
            RemoteCertificateValidationCallback = (_, _, chain, errors) => !verifies || Require(chain, errors),
        };
    }

    private static bool Require(X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
            ? true
            : throw new RegistryException(RegistryErrorKind.Insecure, Reason(chain, errors)) { IsConnectionFailure = true };

    private static string Reason(X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server shows no certificate";
        }

        foreach (X509ChainStatus status in errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? chain?.ChainStatus ?? [] : [])
        {
            if (status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            {
                return "the certificate has expired or is not valid yet";
            }
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? "the certificate is for another name"
            : "the certificate is signed by unknown authority";
    }

    private static void Import(X509Certificate2Collection collection, string file)
    {
        try
        {
            collection.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new RegistryConfigurationException($"{file}: no certificates can be read from it", e);
        }
    }

    private static X509Certificate2 ReadPair(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new RegistryConfigurationException($"{certificate}: no certificate with the key {key} can be read from it", e);
        }
    }

    private void ImportSystem(X509Certificate2Collection collection)
    {
        string? file = environment("SSL_CERT_FILE") is { Length: > 0 } own
            ? own
            : Array.Find(Array.ConvertAll(Bundles, bundle => Path.Combine(root, bundle)), File.Exists);
        if (file is not null)
        {
            Import(collection, file);
        }

        foreach (string directory in (environment("SSL_CERT_DIR") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Directory.Exists(directory))
            {
                foreach (string one in Directory.EnumerateFiles(directory))
                {
                    Import(collection, one);
                }
            }
        }
    }

    private IEnumerable<string> OwnDirectories(string authority)
    {
        foreach (string directory in directories)
        {
            string own = Path.Combine(directory, authority);
            if (Directory.Exists(own))
            {
                yield return own;
            }
        }
    }
}
