namespace FastRun.DockerApi.BuildKit;

/// <summary>What a packet is.</summary>
internal enum FilePacketType
{
    Stat = 0,
    Request = 1,
    Data = 2,
    Finish = 3,
    Error = 4,
}
