namespace FastRun.Native.Tests.Interop;

/// <summary>The headers that everything in src/FastRun.Native in kernel spelling comes from.</summary>
internal static class KernelHeaders
{
    /// <summary>Headers of the kernel (linux-libc-dev) and of the libraries for compression and cryptography; few of libc's, which define the same names.</summary>
    internal const string Preamble = """
        #include <asm/ioctls.h>
        #include <asm/poll.h>
        #include <asm/signal.h>
        #include <asm/socket.h>
        #include <asm/statfs.h>
        #include <asm/termbits.h>
        #include <asm/termios.h>
        #include <linux/audit.h>
        #include <linux/bpf.h>
        #include <linux/bpf_common.h>
        #include <linux/capability.h>
        #include <linux/close_range.h>
        #include <linux/errno.h>
        #include <linux/eventpoll.h>
        #include <linux/fcntl.h>
        #include <linux/filter.h>
        #include <linux/fs.h>
        #include <linux/if_addr.h>
        #include <linux/if_bridge.h>
        #include <linux/if_link.h>
        #include <linux/inotify.h>
        #include <linux/keyctl.h>
        #include <linux/limits.h>
        #include <linux/loop.h>
        #include <linux/magic.h>
        #include <linux/memfd.h>
        #include <linux/mount.h>
        #include <linux/neighbour.h>
        #include <linux/netfilter.h>
        #include <linux/netfilter/nf_tables.h>
        #include <linux/netfilter/nf_tables_compat.h>
        #include <linux/netfilter/nfnetlink.h>
        #include <linux/netfilter/nfnetlink_conntrack.h>
        #include <linux/netlink.h>
        #include <linux/nsfs.h>
        #include <linux/openat2.h>
        #include <linux/pidfd.h>
        #include <linux/prctl.h>
        #include <linux/resource.h>
        #include <linux/rtnetlink.h>
        #include <linux/sched.h>
        #include <linux/seccomp.h>
        #include <linux/sockios.h>
        #include <linux/stat.h>
        #include <linux/tcp.h>
        #include <linux/time_types.h>
        #include <linux/un.h>
        #include <linux/veth.h>
        #include <linux/wait.h>
        #include <asm-generic/siginfo.h>
        #define BZ_NO_STDIO
        #include <bzlib.h>
        #include <lzma.h>
        #include <openssl/obj_mac.h>
        #include <zstd.h>
        """;
}
