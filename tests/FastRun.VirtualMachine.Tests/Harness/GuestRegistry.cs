using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>A registry on the host that guests reach: qemu's user network shows them the host's loopback as one address.</summary>
internal sealed class GuestRegistry : IDisposable
{
    private const string Host = "10.0.2.2";

    private readonly FaultyRegistry _registry = new();
    private readonly string _authority;

    /// <summary>Serves <see cref="GuestImages.Pulled"/>.</summary>
    /// <param name="directory">For the image.</param>
    internal GuestRegistry(string directory)
    {
        OciLayout layout = new(Path.Combine(directory, GuestImages.Pulled));
        GuestImages.WritePulled(layout);
        _registry.Add(layout);
        _authority = Host + _registry.Authority[_registry.Authority.IndexOf(':', StringComparison.Ordinal)..];
    }

    /// <summary>What a guest calls the image.</summary>
    internal string Image => $"{_authority}/{GuestImages.Pulled}";

    /// <summary>Brings a guest's network up, unless it is, and tells fastrun that the registry speaks http.</summary>
    internal void Connect(Guest guest) => _ = guest.Script($$"""
        [ -e /sys/class/net/eth0 ] || modprobe virtio_net && ip link set eth0 up && { ip addr add 10.0.2.15/24 dev eth0 2>/dev/null || :; } &&
        mkdir -p /etc/fastrun && echo '{"registries":{"{{_authority}}":{"insecure":true} } }' >/etc/fastrun/config.json
        """).Output;

    /// <inheritdoc/>
    public void Dispose() => _registry.Dispose();
}
