using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry;

/// <summary>Against the distribution project's own registry, filled by skopeo.</summary>
public sealed class DockerRegistryTests : IDisposable
{
    private readonly TemporaryState _state = new();

    public DockerRegistryTests()
    {
        if (!DockerRegistry.IsInstalled)
        {
            Assert.Skip("docker-registry is not installed");
        }
    }

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("oci")]
    [InlineData("v2s2")]
    public void AnImage_IsFoundByTagAndDigest(string format)
    {
        using DockerRegistry registry = new();
        Push(registry, "--format", format);
        ImageReference name = ImageReference.Parse(registry.Authority + "/some/app:1");
        using RegistryClient client = new(name, Options(AnonymousCredentials.Instance));

        ManifestResponse byTag = client.FetchManifest(name);
        ManifestResponse byDigest = client.FetchManifest(new ImageReference(name.Registry, name.Repository, null, byTag.Digest));

        Assert.Equal(byTag.Bytes.ToArray(), byDigest.Bytes.ToArray());
        Assert.Equal(byTag.Digest, client.ResolveDigest(name));
        Assert.Equal(format == "oci" ? MediaTypes.OciManifest : MediaTypes.DockerManifest, byTag.MediaType);
        Assert.Equal(["1"], client.ListTags());
        ManifestDocument manifest = ManifestDocument.Parse(byTag.Bytes, "manifest", byTag.MediaType);
        using Stream layer = client.OpenBlob(manifest.Layers[0]);
        using MemoryStream content = new();
        layer.CopyTo(content);
        Assert.Equal(manifest.Layers[0].Digest.ToString(), FaultyRegistry.DigestOf(content.ToArray()));
        using RegistryImageSource source = new(client, name);
        Assert.Single(Assert.Single(source.Select(null, Platform.Host)).Read().Layers);
    }

    [Fact]
    public void WhatIsNotThere_IsReportedAsDockerDoes()
    {
        using DockerRegistry registry = new();
        ImageReference name = ImageReference.Parse(registry.Authority + "/no/such:tag");
        using RegistryClient client = new(name, Options(AnonymousCredentials.Instance));

        RegistryException e = Assert.Throws<RegistryException>(() => client.FetchManifest(name));

        Assert.Equal($"manifest for {registry.Authority}/no/such:tag not found: manifest unknown: manifest unknown", e.Message);
    }

    [Theory]
    [InlineData("secret", null)]
    [InlineData("wrong", RegistryErrorKind.Unauthorized)]
    public void ARegistryWithPasswords_TakesTheRightOneOnly(string password, RegistryErrorKind? expected)
    {
        // bcrypt of "secret".
        string file = _state.File("htpasswd");
        File.WriteAllText(file, "me:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n");
        using DockerRegistry registry = new($"auth:\n  htpasswd:\n    realm: test\n    path: {file}");
        Push(registry, "--dest-creds", "me:secret");
        ImageReference name = ImageReference.Parse(registry.Authority + "/some/app:1");
        using RegistryClient client = new(name, Options(new OneCredential(new RegistryCredential("me", password))));

        RegistryException? e = Record.Exception(() => client.FetchManifest(name)) as RegistryException;

        Assert.Equal(expected, e?.Kind);
    }

    private static RegistryClientOptions Options(IRegistryCredentials credentials) => new()
    {
        Configuration = new RegistryConfiguration(new Dictionary<string, RegistrySettings>()),
        Credentials = credentials,
    };

    private void Push(DockerRegistry registry, params string[] options)
    {
        string layout = _state.File("layout");
        TestCommand.Run("umoci", "init", "--layout", layout);
        TestCommand.Run("umoci", "new", "--image", layout + ":1");
        TestCommand.Run("umoci", "insert", "--image", layout + ":1", "/etc/os-release", "/etc/os-release");
        TestCommand.Run(
            "skopeo",
            ["copy", "-q", "--dest-tls-verify=false", .. options, $"oci:{layout}:1", $"docker://{registry.Authority}/some/app:1"]);
    }
}
