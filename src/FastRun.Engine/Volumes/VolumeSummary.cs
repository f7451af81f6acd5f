using System;
using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>A named volume as listings show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Driver">Its driver.</param>
/// <param name="Mountpoint">Where its files are on the host.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Options">The local driver's options.</param>
public sealed record VolumeSummary(
    string Name,
    string Driver,
    string Mountpoint,
    DateTimeOffset CreatedAt,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Options)
{
    /// <summary>The label by which Docker tells the volumes that nobody named.</summary>
    internal const string AnonymousLabel = "com.docker.volume.anonymous";

    /// <summary>The labels of a volume that nobody named.</summary>
    internal static IReadOnlyDictionary<string, string> AnonymousLabels { get; } = new Dictionary<string, string> { [AnonymousLabel] = "" };

    /// <summary>Whether nobody named it.</summary>
    public bool IsAnonymous => Labels.ContainsKey(AnonymousLabel);
}
