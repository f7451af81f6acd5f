
namespace FastRun.Engine.Host;

/// <summary>What one container or sandbox wrote.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Size">Bytes of the files in its upper.</param>
/// <param name="Running">Whether a process runs it.</param>
public sealed record ContainerUsage(string Id, long Size, bool Running);
