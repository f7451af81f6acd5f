using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Images;

/// <summary>Makes lists of manifests for several platforms, as Docker's <c>manifest</c> commands do.</summary>
public sealed class ManifestLists(StateLayout layout)
{
    private static readonly SearchValues<char> s_word =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private readonly ManifestListStore _store = new(layout);

    /// <summary>Makes a list of manifests that registries have.</summary>
    /// <param name="list">Its name.</param>
    /// <param name="members">The manifests' names.</param>
    /// <param name="amend">Whether they are added to a list that is there.</param>
    /// <param name="insecure">Whether their registries may be asked with plain http.</param>
    /// <returns>The list's name in full.</returns>
    /// <exception cref="EngineException">A member cannot be had, or the list is there.</exception>
    public string Create(string list, IEnumerable<string> members, bool amend, bool insecure)
    {
        ImageReference name = TagImage.ParseTarget(list);
        List<ImageReference> references = [.. members.Select(Parse)];
        if (!amend && EngineErrors.Translated(() => _store.TryRead(name)) is not null)
        {
            throw Exists(name);
        }

        List<ListedManifest> fetched = Interruptible.Run(
            stop => references.ConvertAll(reference =>
                new ManifestListRemote(RegistryAccess.Options(stop, insecure ? reference.Registry : null)).FetchMember(reference)),
            static () => { });
        return EngineErrors.Translated(() =>
        {
            _store.Change(name, before => before is not null && !amend
                ? throw Exists(name)
                : fetched.Aggregate(before ?? new ManifestList(name, []), static (now, member) => now.With(member)));
            return name.ToString();
        });
    }

    /// <summary>Says for which platform a member is.</summary>
    /// <param name="list">The list's name.</param>
    /// <param name="member">The member's name.</param>
    /// <param name="change">Changes what is said.</param>
    /// <exception cref="EngineException">There is no such list or member.</exception>
    public void Annotate(string list, string member, Func<ListedPlatform, ListedPlatform> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        ImageReference name = TagImage.ParseTarget(list);
        ImageReference reference = Parse(member);
        EngineErrors.Translated(() =>
        {
            _store.Change(name, before =>
            {
                ManifestList there = before ?? throw NoSuchList(name);
                ListedManifest found = there.Find(reference) ?? throw NoSuchMember(reference, name);
                return there.With(found with { Platform = RequireWords(change(found.Platform)) });
            });
            return true;
        });
    }

    /// <summary>A list of this machine, or what a registry means by a name, as indented JSON.</summary>
    /// <param name="list">The list that has the manifest; null to look for the name itself.</param>
    /// <param name="manifest">A name.</param>
    /// <param name="verbose">Whether each manifest comes with its content and platform.</param>
    /// <param name="insecure">Whether the registry may be asked with plain http.</param>
    /// <exception cref="EngineException">There is none.</exception>
    public string Inspect(string? list, string manifest, bool verbose, bool insecure)
    {
        ImageReference reference = Parse(manifest);
        if (list is not null)
        {
            ImageReference name = TagImage.ParseTarget(list);
            ListedManifest member = (EngineErrors.Translated(() => _store.TryRead(name)) ?? throw NoSuchList(name)).Find(reference)
                ?? throw NoSuchMember(reference, name);
            return verbose ? Indented(writer => WriteVerbose(writer, member)) : Indented(member.Bytes.Span);
        }

        if (reference.Digest is null && EngineErrors.Translated(() => _store.TryRead(reference)) is { } local)
        {
            return verbose ? Indented(local.Manifests) : Indented(local.ToIndex());
        }

        return Interruptible.Run(
            stop =>
            {
                ManifestListRemote remote = new(RegistryAccess.Options(stop, insecure ? reference.Registry : null));
                if (!verbose)
                {
                    return Indented(remote.FetchRaw(reference));
                }

                IReadOnlyList<ListedManifest> fetched = remote.Fetch(reference, out byte[] raw);
                return ManifestDocument.Parse(raw, reference.ToFamiliarString()).IsIndex
                    ? Indented(fetched)
                    : Indented(writer => WriteVerbose(writer, fetched[0]));
            },
            static () => { });
    }

    /// <summary>Brings a list to its registry.</summary>
    /// <param name="list">Its name.</param>
    /// <param name="purge">Whether it is forgotten here afterwards.</param>
    /// <param name="insecure">Whether the registry may be asked with plain http.</param>
    /// <returns>Its digest.</returns>
    /// <exception cref="EngineException">There is none, or the registry does not take it.</exception>
    public string Push(string list, bool purge, bool insecure)
    {
        ImageReference name = TagImage.ParseTarget(list);
        ManifestList there = EngineErrors.Translated(() => _store.TryRead(name)) ?? throw NoSuchList(name);
        Digest digest = Interruptible.Run(
            stop =>
            {
                RegistryClientOptions registry = RegistryAccess.Options(stop, insecure ? name.Registry : null);
                ImageStore images = ContainerImageUsers.OpenStore(layout);
                return new ManifestListRemote(registry).Push(there with
                {
                    Manifests =
                    [
                        .. there.Manifests.Select(member => member.ImageId is null
                            ? member
                            : images.PushMember(member, name, new PushOptions(), registry, new PushObserver())),
                    ],
                });
            },
            static () => { });
        if (purge)
        {
            EngineErrors.Translated(() => _store.Remove(name));
        }

        return digest.ToString();
    }

    /// <summary>Forgets a list.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public void Remove(string list)
    {
        ImageReference name = TagImage.ParseTarget(list);
        if (!EngineErrors.Translated(() => _store.Remove(name)))
        {
            throw NoSuchList(name);
        }
    }

    /// <summary>What readers of an index take for the parts of a platform.</summary>
    private static ListedPlatform RequireWords(ListedPlatform platform)
    {
        foreach (string word in (string[])[platform.Os, platform.Architecture, platform.Variant ?? "v"])
        {
            if (word.Length is 0 or > 64 || word.AsSpan().ContainsAnyExcept(s_word))
            {
                throw EngineException.Invalid($"'{word}': not a part of a platform: letters, digits, '_', '.' and '-'");
            }
        }

        return platform;
    }

    private static ImageReference Parse(string name)
    {
        ImageReference reference = EngineErrors.Translated(() => ImageReference.Parse(name));

        // What was typed is not a part of the name.
        return new ImageReference(reference.Registry, reference.Repository, reference.Tag, reference.Digest);
    }

    private static EngineException Exists(ImageReference name) =>
        new(ErrorKind.Conflict, $"{name.ToFamiliarString()}: refusing to amend an existing manifest list with no --amend flag");

    private static EngineException NoSuchList(ImageReference name) =>
        new(ErrorKind.NotFound, $"{name.ToFamiliarString()}: no such manifest list on this machine");

    private static EngineException NoSuchMember(ImageReference member, ImageReference list) =>
        new(ErrorKind.NotFound, $"{member.ToFamiliarString()}: manifest for image does not exist in {list.ToFamiliarString()}");

    private static string Indented(IReadOnlyList<ListedManifest> manifests) => Indented(writer =>
    {
        writer.WriteStartArray();
        foreach (ListedManifest manifest in manifests)
        {
            WriteVerbose(writer, manifest);
        }

        writer.WriteEndArray();
    });

    private static string Indented(ReadOnlySpan<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        return Indented(writer => document.RootElement.WriteTo(writer));
    }

    private static string Indented(Action<Utf8JsonWriter> content)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions
        {
            Indented = true,
            IndentCharacter = '\t',
            IndentSize = 1,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            content(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Docker's form of a manifest with all that is known of it.</summary>
    private static void WriteVerbose(Utf8JsonWriter writer, ListedManifest manifest)
    {
        writer.WriteStartObject();
        writer.WriteString("Ref", manifest.Reference.ToString());
        writer.WritePropertyName("Descriptor");
        WriteDescriptor(writer, manifest);
        writer.WriteBase64String("Raw", manifest.Bytes.Span);
        writer.WritePropertyName(manifest.MediaType == MediaTypes.DockerManifest ? "SchemaV2Manifest" : "OCIManifest");
        using (JsonDocument document = JsonDocument.Parse(manifest.Bytes))
        {
            document.RootElement.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteDescriptor(Utf8JsonWriter writer, ListedManifest manifest)
    {
        using JsonDocument index = JsonDocument.Parse(new ManifestList(manifest.Reference, [manifest]).ToIndex());
        index.RootElement.GetProperty("manifests")[0].WriteTo(writer);
    }
}
