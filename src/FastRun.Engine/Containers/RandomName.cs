using System;
using FastRun.Native;

namespace FastRun.Engine.Containers;

/// <summary>Names for containers that were given none: two words that are easy to say and to tell apart.</summary>
internal static class RandomName
{
    private static readonly string[] s_first =
    [
        "amber", "bold", "brisk", "calm", "clear", "crisp", "deft", "eager", "early", "fair", "fleet", "fresh", "gentle", "glad",
        "golden", "handy", "happy", "keen", "kind", "lively", "lucid", "merry", "mild", "neat", "nimble", "noble", "plain",
        "polite", "prompt", "proud", "quick", "quiet", "rapid", "ready", "sharp", "silver", "smart", "snug", "solid", "spry",
        "steady", "still", "sturdy", "sunny", "swift", "tidy", "trim", "true", "vivid", "warm", "wise", "witty",
    ];

    private static readonly string[] s_second =
    [
        "alder", "badger", "beacon", "birch", "bison", "brook", "canyon", "cedar", "cliff", "comet", "coral", "crane", "delta",
        "dune", "eagle", "ember", "falcon", "fern", "finch", "fjord", "forest", "fox", "gecko", "glacier", "grove", "harbor",
        "hawk", "heron", "island", "ivy", "jay", "juniper", "kestrel", "lagoon", "lark", "lynx", "maple", "marten", "meadow",
        "mesa", "moss", "oak", "orchid", "otter", "owl", "panda", "pebble", "pine", "plover", "pond", "puffin", "quartz",
        "raven", "reef", "river", "robin", "sable", "sparrow", "spruce", "summit", "swan", "thistle", "tiger", "trout", "tundra",
        "valley", "walnut", "willow", "wren", "zebra",
    ];

    /// <summary>Makes one.</summary>
    /// <param name="attempt">How many were taken: from the third on, a number makes it rarer.</param>
    internal static string Next(int attempt)
    {
        Span<byte> random = stackalloc byte[8];
        RandomBytes.Fill(random);
        uint first = BitConverter.ToUInt16(random);
        uint second = BitConverter.ToUInt16(random[2..]);
        string name = $"{s_first[first % s_first.Length]}_{s_second[second % s_second.Length]}";
        return attempt < 3 ? name : $"{name}{BitConverter.ToUInt32(random[4..])}";
    }
}
