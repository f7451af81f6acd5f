using System.Buffers;
using System.Linq;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// Counts what a tree has to remember while it is unpacked. A tar of a few megabytes, compressed, can name a million
/// directories with the longest paths and attributes that there are.
/// </summary>
/// <param name="allowance">What the trees of its image may still have.</param>
internal sealed class TreeMemory(MemoryAllowance allowance)
{
    private const int NodeBytes = 256;
    private const int TextBytes = 64;

    // What layer.json has beside the paths: a digest, some numbers.
    private const int RecordLimit = LayerStore.RecordLimit - (1 << 20);
    private const int EscapedChar = 6;

    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !#$%()*,-./:;=?@[]^_{|}~");

    private long _recorded;

    /// <summary>A directory or a symbolic link.</summary>
    internal void AddNode(int nameLength, int targetLength = 0) => allowance.Take(NodeBytes + nameLength + targetLength);

    /// <summary>A path that is kept as text and goes to layer.json, where all but plain characters are escaped.</summary>
    internal void AddText(string text)
    {
        allowance.Take(TextBytes + (sizeof(char) * (long)text.Length));
        int plain = 0;
        foreach (char c in text)
        {
            plain += s_plain.Contains(c) ? 1 : 0;
        }

        _recorded += TextBytes + plain + (EscapedChar * (long)(text.Length - plain));
        if (_recorded > RecordLimit)
        {
            throw new LayerException(
                LayerErrorKind.LimitExceeded, $"its replaced entries and missing parents need more than {RecordLimit} bytes");
        }
    }

    /// <summary>What a directory's entry says, in place of what an earlier one said.</summary>
    internal void Replace(EntryMetadata? old, EntryMetadata? entry) => allowance.Take(SizeOf(entry) - SizeOf(old));

    private static long SizeOf(EntryMetadata? entry) => entry?.Attributes.Sum(static attribute =>
        TextBytes + (sizeof(char) * (long)attribute.Name.Length) + attribute.Value.Length) ?? 0;
}
