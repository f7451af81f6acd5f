using System;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>A step of a <see cref="CacheDocument"/>.</summary>
/// <param name="Key">Its key: 64 lowercase hexadecimal digits.</param>
/// <param name="Layer">Which of the layers it made; null where it changed nothing.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record CachedStep(string Key, int? Layer, DateTimeOffset CreatedAt);
