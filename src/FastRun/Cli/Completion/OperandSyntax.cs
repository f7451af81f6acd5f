using System;
using System.Collections.Generic;

namespace FastRun.Cli.Completion;

/// <summary>What a usage line says of operands: <c>[OPTIONS] CONTAINER [CONTAINER...]</c>.</summary>
internal static class OperandSyntax
{
    /// <summary>What stands at an index, by any of the forms that the usage line separates by bars.</summary>
    internal static CompletionKind At(string usage, int index)
    {
        if (usage == "[COMMAND]")
        {
            return index == 0 ? CompletionKind.Commands : CompletionKind.None;
        }

        CompletionKind kind = CompletionKind.None;
        foreach (string form in usage.Split(" | "))
        {
            var words = new List<string>();
            foreach (string word in form.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (word is not ("[OPTIONS]" or "--"))
                {
                    words.Add(word);
                }
            }

            if (index < words.Count)
            {
                kind |= KindOf(words[index]);
            }
            else if (words.Count > 0 && words[^1].EndsWith("...]", StringComparison.Ordinal))
            {
                kind |= KindOf(words[^1]);
            }
        }

        return kind;
    }

    private static CompletionKind KindOf(string word)
    {
        string name = word.Trim('[', ']', '.');
        return name switch
        {
            "NAME|ID" => CompletionKind.Containers | CompletionKind.Images,
            _ when name.StartsWith("CONTAINER:", StringComparison.Ordinal) => CompletionKind.Containers | CompletionKind.Files,
            _ when name.StartsWith("CONTAINER", StringComparison.Ordinal) => CompletionKind.Containers,
            _ when name.StartsWith("IMAGE", StringComparison.Ordinal) || name.StartsWith("REPOSITORY", StringComparison.Ordinal)
                || name.StartsWith("NAME[", StringComparison.Ordinal) => CompletionKind.Images,
            _ when name.StartsWith("NETWORK", StringComparison.Ordinal) => CompletionKind.Networks,
            _ when name.StartsWith("SNAPSHOT", StringComparison.Ordinal) => CompletionKind.Snapshots,
            _ when name.StartsWith("VOLUME", StringComparison.Ordinal) => CompletionKind.Volumes,
            _ => CompletionKind.None,
        };
    }
}
