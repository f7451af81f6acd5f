namespace FastRun.Native.Filesystem;

/// <summary>What a device node stands for.</summary>
/// <param name="Major">The driver.</param>
/// <param name="Minor">The driver's device.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>The encoding that mknodat(2) takes (<c>new_encode_dev</c> of <c>linux/kdev_t.h</c>).</summary>
    internal uint Encoded => (Minor & 0xFF) | (Major << 8) | ((Minor & ~0xFFu) << 12);

    /// <summary>Whether the kernel can hold it: 12 bits of major, 20 of minor.</summary>
    public bool IsValid => Major < 1 << 12 && Minor < 1 << 20;
}
