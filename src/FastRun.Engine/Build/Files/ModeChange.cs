using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Files;

/// <summary>What <c>--chmod</c> makes of permissions: octal digits, or clauses of chmod(1) such as <c>u=rwX,go-w</c>.</summary>
internal sealed class ModeChange
{
    private const int MostBits = 0xFFF;

    private readonly int? _absolute;
    private readonly List<(int Who, char Operator, string Permissions)> _clauses = [];

    private ModeChange(int? absolute) => _absolute = absolute;

    /// <summary>The permissions where they are given in digits; null otherwise.</summary>
    internal int? Absolute => _absolute;

    /// <summary>Parses one.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    internal static ModeChange Parse(string text)
    {
        if (text.Length > 0 && text[0] is >= '0' and <= '9')
        {
            return new ModeChange(Octal(text));
        }

        ModeChange change = new(null);
        foreach (string clause in text.Split(','))
        {
            change.Add(clause, text);
        }

        return change;
    }

    /// <summary>The permissions of something that has these.</summary>
    internal int Apply(int permissions, bool isDirectory)
    {
        if (_absolute is { } absolute)
        {
            return absolute;
        }

        int result = permissions;
        foreach ((int who, char sign, string letters) in _clauses)
        {
            int bits = Bits(result, letters, who, isDirectory);
            int mask = Mask(who);
            result = sign switch
            {
                '+' => result | bits,
                '-' => result & ~bits,
                _ => (result & ~mask) | bits,
            };
        }

        return result & MostBits;
    }

    private static EngineException Invalid(string text) => EngineException.Invalid($"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777");

    private static int Octal(string text)
    {
        int mode = 0;
        foreach (char c in text)
        {
            mode = c is >= '0' and <= '7' && mode <= MostBits ? (mode << 3) | (c - '0') : throw Invalid(text);
        }

        return mode <= MostBits ? mode : throw Invalid(text);
    }

    private void Add(string clause, string text)
    {
        int at = 0;
        int who = 0;
        while (at < clause.Length && clause[at] is 'u' or 'g' or 'o' or 'a')
        {
            who |= clause[at++] switch { 'u' => 4, 'g' => 2, 'o' => 1, _ => 7 };
        }

        who = who == 0 ? 7 : who;
        if (at >= clause.Length)
        {
            throw Invalid(text);
        }

        while (at < clause.Length)
        {
            char sign = clause[at++];
            int end = at;
            while (end < clause.Length && clause[end] is 'r' or 'w' or 'x' or 'X' or 's' or 't' or 'u' or 'g' or 'o')
            {
                end++;
            }

            if (sign is not ('+' or '-' or '='))
            {
                throw Invalid(text);
            }

            _clauses.Add((who, sign, clause[at..end]));
            at = end;
        }
    }

    private static int Mask(int who) =>
        ((who & 4) != 0 ? 0xFC0 & ~0x600 : 0) | ((who & 2) != 0 ? 0x438 : 0) | ((who & 1) != 0 ? 0x207 : 0);

    private static int Bits(int current, string letters, int who, bool isDirectory)
    {
        int triple = 0;
        int special = 0;
        foreach (char letter in letters)
        {
            triple |= letter switch
            {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                'X' => isDirectory || (current & 0x49) != 0 ? 1 : 0,
                'u' => current >> 6 & 7,
                'g' => current >> 3 & 7,
                'o' => current & 7,
                _ => 0,
            };
            special |= letter switch
            {
                's' => ((who & 4) != 0 ? 0x800 : 0) | ((who & 2) != 0 ? 0x400 : 0),
                't' => (who & 1) != 0 ? 0x200 : 0,
                _ => 0,
            };
        }

        return special | ((who & 4) != 0 ? triple << 6 : 0) | ((who & 2) != 0 ? triple << 3 : 0) | ((who & 1) != 0 ? triple : 0);
    }
}
