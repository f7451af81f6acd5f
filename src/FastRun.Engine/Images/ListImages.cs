using System;
using System.Collections.Generic;
using System.IO.Enumeration;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Lists the images on this machine, newest first.</summary>
public sealed class ListImages(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Lists those that a filter lets through.</summary>
    /// <exception cref="EngineException">The store cannot be read, or an image that the filter names is not there.</exception>
    public IReadOnlyList<ImageSummary> Run(ImageFilter filter) => EngineErrors.Translated(() =>
    {
        DateTimeOffset? before = filter.Before is null ? null : Created(filter.Before);
        DateTimeOffset? since = filter.Since is null ? null : Created(filter.Since);
        var found = new List<ImageSummary>();
        foreach (ImageSummary image in _store.List())
        {
            bool dangling = image.Repository is null || image.Tag is null;
            if ((filter.Dangling is null || filter.Dangling == dangling)
                && (filter.References.Count == 0 || MatchesName(image, filter.References))
                && (before is null || image.Created < before)
                && (filter.Until is null || image.Created < filter.Until)
                && (since is null || image.Created > since)
                && (filter.Labels.Count == 0 || HasLabels(image.Id, filter.Labels)))
            {
                found.Add(image);
            }
        }

        return found;
    });

    private DateTimeOffset Created(string name) => _store.Inspect(ImageLocation.Parse(name)).Config.CreatedAt;

    /// <summary>A pattern without a tag takes every tag; one without a registry also takes names that belong to none.</summary>
    private static bool MatchesName(ImageSummary image, IReadOnlyList<string> patterns)
    {
        if (image.Repository is null)
        {
            return false;
        }

        const string Local = ImageReference.LocalRegistry + "/";
        bool local = image.Repository.StartsWith(Local, StringComparison.Ordinal);
        foreach (string pattern in patterns)
        {
            if (MatchesRepository(pattern, image.Repository, image.Tag)
                || (local && MatchesRepository(pattern, image.Repository[Local.Length..], image.Tag)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesRepository(string pattern, string repository, string? tag) =>
        MatchesPath(pattern, repository) || MatchesPath(pattern, $"{repository}:{tag}");

    private static bool MatchesPath(string pattern, string name)
    {
        string[] patterns = pattern.Split('/');
        string[] components = name.Split('/');
        if (patterns.Length != components.Length)
        {
            return false;
        }

        for (int i = 0; i < patterns.Length; i++)
        {
            if (!FileSystemName.MatchesSimpleExpression(patterns[i], components[i], ignoreCase: false))
            {
                return false;
            }
        }

        return true;
    }

    private bool HasLabels(Digest id, IReadOnlyList<string> wanted)
    {
        IReadOnlyDictionary<string, string>? labels =
            _store.Inspect(ImageLocation.Parse(id.ToString())).Config.Config?.Labels;
        foreach (string label in wanted)
        {
            int equals = label.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? label : label[..equals];
            if (labels is null || !labels.TryGetValue(key, out string? value) || (equals >= 0 && value != label[(equals + 1)..]))
            {
                return false;
            }
        }

        return true;
    }
}
