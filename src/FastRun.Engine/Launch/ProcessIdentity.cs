using System.Collections.Generic;

namespace FastRun.Engine.Launch;

/// <summary>Who the command runs as, after names were looked up in the image.</summary>
/// <param name="Uid">The user id in the container.</param>
/// <param name="Gid">The primary group id.</param>
/// <param name="Groups">The supplementary groups.</param>
/// <param name="Home">The home directory that the image's passwd gives; <c>/</c> without one.</param>
internal sealed record ProcessIdentity(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);
