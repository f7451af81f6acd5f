namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/inotify.h</c>.</summary>
internal static class Inotify
{
    internal const int IN_NONBLOCK = 0x800;
    internal const int IN_CLOEXEC = 0x80000;
    internal const int IN_MODIFY = 0x2;
    internal const int IN_MOVED_FROM = 0x40;
    internal const int IN_MOVED_TO = 0x80;
    internal const int IN_CREATE = 0x100;
    internal const int IN_DELETE = 0x200;
    internal const int IN_MOVE_SELF = 0x800;
    internal const int IN_Q_OVERFLOW = 0x4000;
    internal const int IN_ONLYDIR = 0x1000000;
}
