using System;
using System.IO;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Images.Sources;

/// <summary>Thousands of damaged archives and documents, the same ones each time: each is read or refused by name.</summary>
public sealed class MutatedSourcesTests : IDisposable
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly TemporaryState _state = new();
    private readonly Random _random = new(20240506);

    public void Dispose() => _state.Dispose();

    [Fact]
    public void TarFiles_Mutated_ReadOrRefused()
    {
        TestLayout layout = new(_state.File("ci"));
        layout.AddImage("t", "x");
        byte[] archive = File.ReadAllBytes(layout.ToArchive(_state.File("whole.tar")));
        string path = _state.File("mutated.tar");
        for (int i = 0; i < 1500; i++)
        {
            byte[] mutated = Mutate(archive);
            if (i % 2 == 0)
            {
                Seal(mutated);
            }

            File.WriteAllBytes(path, mutated);
            Attempt(() =>
            {
                using OciSource source = new(new TarFiles(path, "it"), path);
                foreach (SourceImage image in source.Select(null, Platform.Host))
                {
                    image.Read();
                }
            });
        }
    }

    [Fact]
    public void Documents_Mutated_ReadOrRefused()
    {
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest}}","size":4,"platform":{"os":"linux","architecture":"arm","variant":"v7"},"annotations":{"a":"b\u0041"} } ] }""");
        byte[] config = Encoding.UTF8.GetBytes(TestLayout.ConfigJson(
            [Digest], """{"Env":["A=1"],"Cmd":["a"],"Volumes":{"/v":{}},"Healthcheck":{"Interval":1},"Labels":{"a":"b"}}"""));
        for (int i = 0; i < 5000; i++)
        {
            Attempt(() => ManifestDocument.Parse(Mutate(manifest), "it"));
            Attempt(() => ImageConfig.Parse(Mutate(config), "it"));
        }
    }

    private static void Attempt(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is CorruptContentException or ImageNotFoundException or PlatformNotFoundException)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private byte[] Mutate(byte[] original)
    {
        byte[] mutated = original.AsSpan().ToArray();
        for (int count = _random.Next(1, 6); count > 0; count--)
        {
            // Mostly where the headers are; sometimes a printable character, which passes more checks.
            int at = _random.Next(_random.Next(2) == 0 ? mutated.Length : Math.Min(mutated.Length, 2048));
            mutated[at] = (byte)(_random.Next(2) == 0 ? _random.Next(256) : "019azAZ\"{}[],:\\/ \n"[_random.Next(18)]);
        }

        return _random.Next(20) == 0 ? mutated[.._random.Next(mutated.Length)] : mutated;
    }

    /// <summary>Makes the first header's checksum right, so that what is in it is believed.</summary>
    private static void Seal(byte[] tar)
    {
        if (tar.Length < 512)
        {
            return;
        }

        tar.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in tar.AsSpan(0, 512))
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
    }
}
