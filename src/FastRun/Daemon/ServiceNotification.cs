using System;
using System.Net.Sockets;

namespace FastRun.Daemon;

/// <summary>Tells systemd that a service is ready (sd_notify(3)), for units of <c>Type=notify</c>.</summary>
internal static class ServiceNotification
{
    /// <summary>Sends <c>READY=1</c> where somebody waits for it. Whoever does not listen any more is not missed.</summary>
    internal static void Ready()
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } address || address[0] is not ('/' or '@'))
        {
            return;
        }

        // What this process starts is not the service.
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo("READY=1"u8, new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Nobody is there.
        }
    }
}
