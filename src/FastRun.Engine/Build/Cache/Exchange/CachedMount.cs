namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>A cache mount of a <see cref="CacheDocument"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Layer">Which of the manifest's blobs has its files.</param>
internal sealed record CachedMount(string Id, int Layer);
