namespace FastRun.Engine.Launch.Mounts;

/// <summary>A file that a container sees and no disk does.</summary>
/// <param name="Target">An absolute path in the container.</param>
/// <param name="Content">What it holds.</param>
/// <param name="Permissions">Its mode.</param>
/// <param name="Uid">Whose it is.</param>
/// <param name="Gid">Its group.</param>
internal sealed record PrivateFile(string Target, byte[] Content, int Permissions, uint Uid, uint Gid);
