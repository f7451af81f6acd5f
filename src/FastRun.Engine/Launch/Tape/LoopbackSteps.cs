using FastRun.Native.Launch;

namespace FastRun.Engine.Launch.Tape;

/// <summary>The steps that bring up <c>lo</c> of a fresh network namespace (netdevice(7)).</summary>
internal static class LoopbackSteps
{
    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const int SIOCSIFFLAGS = 0x8914;

    // struct ifreq: 16 bytes of name, then IFF_UP | IFF_RUNNING as a short.
    private static System.ReadOnlySpan<byte> LoopbackUp =>
    [
        (byte)'l', (byte)'o', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    internal static void Write(LaunchTape tape)
    {
        Slot socket = tape.NewSlot();
        tape.Socket(AF_INET, SOCK_DGRAM, socket);
        tape.Ioctl(socket, SIOCSIFFLAGS, tape.Bytes(LoopbackUp));
        tape.Close(socket);
    }
}
