using System;

namespace FastRun.Engine.Build.Cache;

/// <summary>One thing that builds keep.</summary>
/// <param name="Id">Its id: a step's key, or the name of a cache mount's directory.</param>
/// <param name="Type">BuildKit's word: <c>regular</c> for a step, <c>exec.cachemount</c> for a cache mount.</param>
/// <param name="Description">What it is.</param>
/// <param name="Bytes">The bytes of its files.</param>
/// <param name="LastUsed">When a build used it last.</param>
/// <param name="IsInUse">Whether a build uses it now.</param>
/// <param name="IsShared">Whether an image has its layer, which stays when this goes.</param>
public sealed record BuildCacheEntry(
    string Id, string Type, string Description, long Bytes, DateTimeOffset LastUsed, bool IsInUse, bool IsShared);
