using System;
using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>A named volume as listings show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Driver">Its driver.</param>
/// <param name="Mountpoint">Where its files are on the host.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Labels">Its labels.</param>
public sealed record VolumeSummary(
    string Name, string Driver, string Mountpoint, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, string> Labels);
