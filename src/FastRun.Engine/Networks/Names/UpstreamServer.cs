using FastRun.Native;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Names;

/// <summary>A DNS server that is asked for what no network knows.</summary>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Namespace">A process whose network namespace it is asked from; null for the name server's own, which is the host's.</param>
internal readonly record struct UpstreamServer(SocketEndpoint Endpoint, Fd? Namespace)
{
    internal const int Port = 53;
}
