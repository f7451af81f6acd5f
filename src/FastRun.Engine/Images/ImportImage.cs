using System;
using System.Globalization;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;

namespace FastRun.Engine.Images;

/// <summary>Makes an image of a tar (<c>docker import</c>).</summary>
public sealed class ImportImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Makes it, and waits until it is on the disk.</summary>
    /// <param name="request">What it is to be.</param>
    /// <param name="observer">Hears how it gets on.</param>
    /// <param name="content">What <c>-</c> is; null for standard input.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="EngineException">It is no tar, or cannot be had, or a signal came.</exception>
    public Digest Run(ImportRequest request, LoadObserver observer, Fd? content = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImageReference? name = LocalImageName.Parse(request.Name);
        ContainerConfig settings = ImageChanges.Apply(new ContainerConfig(), request.Changes);
        return PullImage.Pulling(observer, _ =>
        {
            using Fd tar = content is not null && request.Source == "-" ? Fd.Borrow(content.Number) : Open(request.Source, observer);
            string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
            bool isUrl = IsUrl(request.Source);
            string comment = request.Message.Length > 0 ? request.Message : "Imported from " + (isUrl ? request.Source : "-");
            Platform platform = request.Platform ?? Platform.Host;
            Digest id = _store.Import(
                tar,
                request.Source != "-" ? request.Source : content is null ? InputFile.StandardInput : "the request's body",
                new ImageConfig
                {
                    Created = now,
                    Comment = comment,
                    Architecture = platform.Architecture,
                    Os = platform.Os,
                    Variant = platform.Variant,
                    Config = settings,
                    History = [new HistoryEntry { Created = now, Comment = comment }],
                },
                name,
                observer);
            ImageEvents.Note(layout, "import", id.ToString(), name?.ToFamiliarString() ?? id.ToString());
            return id;
        });
    }

    private Fd Open(string source, LoadObserver observer)
    {
        if (!IsUrl(source))
        {
            return InputFile.Open(source == "-" ? null : source);
        }

        if (!Uri.TryCreate(source, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
        {
            throw EngineException.Invalid($"{source}: not a URL that can be imported from");
        }

        return _store.Download(uri, source, RegistryAccess.Options(observer.Cancellation));
    }

    private static bool IsUrl(string source) =>
        source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);
}
