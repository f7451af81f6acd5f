using System;
using System.Threading;
using FastRun.Engine.Images;
using FastRun.Layers.Images.Artifacts;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>Opens the places of caches.</summary>
internal static class CachePlaces
{
    private const int Attempts = 2;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Opens one, with this user's credentials where there are no others; nothing is sent yet. Registries get less patience than for a pull: without a cache a build goes on as well.</summary>
    internal static ArtifactRepository Open(CacheLocation location, IRegistryCredentials? credentials, bool pushes, CancellationToken stop) => location.Kind == CacheKind.Local
        ? ArtifactRepository.OfLayout(location.Place, pushes)
        : ArtifactRepository.OfRegistry(
            ImageReference.Parse(location.Place),
            RegistryAccess.Options(stop, credentials: credentials) with
            {
                Timeouts = new RegistryTimeouts
                {
                    Connect = location.Timeout,
                    Progress = location.Timeout,
                    ProgressBytes = 256 << 10,
                    FirstDelay = s_pause,
                    LongestDelay = s_pause,
                    Attempts = Attempts,
                },
            },
            pushes);
}
