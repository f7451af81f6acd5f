using System;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry;

/// <summary>What the tests of the client have in common: a repository of a faulty registry, and short waits.</summary>
internal static class TestRepository
{
    internal static readonly RegistryTimeouts Quick = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(1),
        LongestDelay = TimeSpan.FromMilliseconds(20),
    };

    internal static ImageReference Name(this FaultyRegistry registry, string name = "app:1") =>
        ImageReference.Parse($"{registry.Authority}/{name}");

    internal static RegistryClient Client(
        this FaultyRegistry registry,
        RegistryTimeouts? timeouts = null,
        IRegistryCredentials? credentials = null,
        RegistryConfiguration? configuration = null,
        bool pushes = false,
        CancellationToken stop = default) => new(registry.Name(), new RegistryClientOptions
        {
            Configuration = configuration ?? RegistryConfiguration.Default,
            Credentials = credentials ?? AnonymousCredentials.Instance,
            Timeouts = timeouts ?? Quick,
            Stop = stop,
        }, pushes);

    internal static Descriptor Blob(this FaultyRegistry registry, byte[] content) =>
        new(MediaTypes.OciLayer, Digest.Parse(registry.AddBlob(content)), content.Length);

    /// <summary>Bytes that do not repeat, so that a wrong offset shows.</summary>
    internal static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }
}
