using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Build.Ssh;

/// <summary>The user's own agent, behind its socket.</summary>
/// <param name="path">The socket.</param>
internal sealed class SocketAgent(string path) : ISshAgent
{
    /// <inheritdoc/>
    public byte[]? Answer(byte[] request, Fd stop)
    {
        try
        {
            using Fd directory = FileAt.OpenDirectory(null, Path.GetDirectoryName(Path.GetFullPath(path))!);
            using Fd? socket = UnixSocket.TryConnect(directory, Path.GetFileName(path));
            if (socket is null)
            {
                return null;
            }

            AgentStream stream = new(socket, stop);
            return stream.TryWrite(request) ? stream.TryRead() : null;
        }
        catch (SyscallException)
        {
            return null;
        }
    }
}
