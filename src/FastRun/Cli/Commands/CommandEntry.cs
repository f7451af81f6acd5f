using System;

namespace FastRun.Cli.Commands;

/// <summary>One command of the table.</summary>
/// <param name="Names">All its spellings, <c>", "</c> in between. The first is its name; one of two words belongs to a group.</param>
/// <param name="Make">Makes it, for one use.</param>
/// <param name="IsCommon">Whether help lists it first.</param>
/// <param name="IsHidden">Whether help does not list it.</param>
internal sealed record CommandEntry(string Names, Func<Command> Make, bool IsCommon = false, bool IsHidden = false)
{
    private const string Separator = ", ";

    /// <summary>Its name.</summary>
    internal string Name => Spellings[0];

    /// <summary>Its name, then its other spellings.</summary>
    internal string[] Spellings => Names.Split(Separator);

    /// <summary>Whether this is one of its spellings.</summary>
    internal bool IsCalled(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> rest = Names;
        while (true)
        {
            int end = rest.IndexOf(Separator);
            if (end < 0)
            {
                return rest.SequenceEqual(name);
            }

            if (rest[..end].SequenceEqual(name))
            {
                return true;
            }

            rest = rest[(end + Separator.Length)..];
        }
    }

    /// <summary>The second word of its spelling in a group; null where it has none there.</summary>
    internal string? NameIn(CommandGroup group) =>
        Array.Find(Spellings, group.Has) is { } spelling ? spelling[(group.Name.Length + 1)..] : null;
}
