using FastRun.Native.Interop;

namespace FastRun.Native.Sockets;

/// <summary>A stream socket that listens and that somebody else has opened, by the number of its descriptor (socket(7)).</summary>
public static unsafe class ListeningSocket
{
    /// <summary>Whether a descriptor is one; and whether it is of the internet, not of this machine alone.</summary>
    public static bool Is(int descriptor, out bool isInternet)
    {
        isInternet = Option(descriptor, Socket.SO_DOMAIN) is Socket.AF_INET or Socket.AF_INET6;
        return Option(descriptor, Socket.SO_TYPE) == Socket.SOCK_STREAM && Option(descriptor, Socket.SO_ACCEPTCONN) == 1;
    }

    private static int Option(int descriptor, int option)
    {
        int value = -1;
        int length = sizeof(int);
        nint result = Kernel.fast_syscall(Sys.getsockopt, descriptor, Socket.SOL_SOCKET, option, (nint)(&value), (nint)(&length), 0);
        return result < 0 ? -1 : value;
    }
}
