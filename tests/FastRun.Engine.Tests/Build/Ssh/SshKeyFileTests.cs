using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using FastRun.Engine.Build.Ssh;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Ssh;

/// <summary>Private keys as OpenSSH's ssh-keygen writes them; what is expected of them is the public key that it writes beside.</summary>
public sealed class SshKeyFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-keys-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("ed25519", "256", "RFC4716")]
    [InlineData("rsa", "2048", "RFC4716")]
    [InlineData("rsa", "2050", "RFC4716")]
    [InlineData("rsa", "2048", "PEM")]
    [InlineData("rsa", "2048", "PKCS8")]
    [InlineData("ecdsa", "256", "RFC4716")]
    [InlineData("ecdsa", "384", "RFC4716")]
    [InlineData("ecdsa", "521", "RFC4716")]
    [InlineData("ecdsa", "256", "PEM")]
    [InlineData("ecdsa", "521", "PKCS8")]
    public void Parse_AKeyOfSshKeygen_HasItsPublicKey(string type, string bits, string form)
    {
        (byte[] content, string blob) = Generate(type, bits, form);
        using SshKey key = SshKeyFile.Parse(content, "key");
        Assert.Equal(blob, Convert.ToBase64String(key.PublicBlob));
    }

    [Fact]
    public void Parse_Ed25519InPkcs8_HasThePublicKeyOfItsSeed()
    {
        // RFC 8410, section 10.3; the public key is that of section 10.1.
        const string pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        using SshKey key = SshKeyFile.Parse(Encoding.ASCII.GetBytes(pem), "key");
        Assert.Equal("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", Convert.ToBase64String(key.PublicBlob.AsSpan(19)));
    }

    [Theory]
    [InlineData("RFC4716")]
    [InlineData("PEM")]
    [InlineData("PKCS8")]
    public void Parse_AKeyWithAPassphrase_SaysSo(string form)
    {
        byte[] content = Generate("rsa", "2048", form, "secret").Content;
        EngineException e = Assert.Throws<EngineException>(() => SshKeyFile.Parse(content, "/some/key"));
        Assert.Equal("/some/key: a key with a passphrase cannot be used", e.Message);
        Assert.Equal(ErrorKind.Unsupported, e.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN ")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\n%%%\n-----END OPENSSH PRIVATE KEY-----")]
    public void Parse_WhatIsNoKey_IsAnError(string content) =>
        Assert.Throws<EngineException>(() => SshKeyFile.Parse(Encoding.ASCII.GetBytes(content), "key"));

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("rsa", "1024")]
    [InlineData("ecdsa", "256")]
    public void Parse_ADamagedKey_IsAKeyOrAnError(string type, string bits)
    {
        string[] lines = Encoding.ASCII.GetString(Generate(type, bits, "RFC4716").Content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        byte[] body = Convert.FromBase64String(string.Concat(lines[1..^1]));
        for (int i = 0; i < body.Length; i++)
        {
            body[i] ^= 0xFF;
            ParseQuietly(body);
            body[i] ^= 0xFF;
            ParseQuietly(body.AsSpan(0, i));
        }
    }

    private static void ParseQuietly(ReadOnlySpan<byte> body)
    {
        string text = $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String(body)}\n-----END OPENSSH PRIVATE KEY-----\n";
        try
        {
            SshKeyFile.Parse(Encoding.ASCII.GetBytes(text), "key").Dispose();
        }
        catch (EngineException)
        {
        }
    }

    private (byte[] Content, string Blob) Generate(string type, string bits, string form, string passphrase = "")
    {
        string path = Path.Combine(_directory, "key");
        using Process process = Process.Start(
            new ProcessStartInfo("ssh-keygen", ["-q", "-t", type, "-b", bits, "-m", form, "-N", passphrase, "-C", "", "-f", path]) { RedirectStandardInput = true })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return (File.ReadAllBytes(path), File.ReadAllText(path + ".pub").Split(' ')[1].Trim());
    }
}
