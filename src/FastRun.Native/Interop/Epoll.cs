namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/eventpoll.h</c>.</summary>
internal static class Epoll
{
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;
}
