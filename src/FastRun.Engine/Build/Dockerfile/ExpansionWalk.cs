using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>One walk of <see cref="Expansion"/> over a text.</summary>
internal sealed class ExpansionWalk
{
    private const int DeepestNesting = 100;
    private const char End = '\0';

    private readonly Expansion _expansion;
    private readonly string _text;
    private readonly char _escape;
    private readonly bool _quotes;
    private bool _keepEscapes;
    private int _at;
    private int _depth;

    internal ExpansionWalk(Expansion expansion, string text, char escape, bool quotes)
    {
        _expansion = expansion;
        _text = text;
        _escape = escape;
        _quotes = quotes;
        _keepEscapes = expansion.KeepEscapes;
    }

    internal (string Text, IReadOnlyList<string> Words) Whole()
    {
        ExpandedText result = new();
        Until(End, result);
        return (result.Text, result.Words());
    }

    private bool AtEnd => _at >= _text.Length;

    private char Next => _at < _text.Length ? _text[_at] : End;

    private static DockerfileException Wrong(string message) => new(LineRange.None, message);

    /// <summary>Walks to a character, which is passed, or to the end.</summary>
    private void Until(char stop, ExpandedText result)
    {
        while (!AtEnd)
        {
            char c = _text[_at];
            if (stop != End && c == stop)
            {
                _at++;
                return;
            }

            switch (c)
            {
                case '$':
                    result.AddValue(Dollar());
                    break;
                case '\'' when _quotes:
                    result.AddQuoted(SingleQuoted());
                    break;
                case '"' when _quotes:
                    result.AddQuoted(DoubleQuoted());
                    break;
                default:
                    _at++;
                    if (c != _escape)
                    {
                        result.Add(c);
                        break;
                    }

                    if (_keepEscapes)
                    {
                        result.AddLiteral(c);
                    }

                    if (!AtEnd)
                    {
                        result.AddLiteral(_text[_at++]);
                    }

                    break;
            }
        }

        if (stop != End)
        {
            throw Wrong($"unexpected end of statement while looking for matching {stop}");
        }
    }

    private string SingleQuoted()
    {
        int close = _text.IndexOf('\'', _at + 1);
        if (close < 0)
        {
            throw Wrong("unexpected end of statement while looking for matching single-quote");
        }

        string quoted = _expansion.KeepQuotes ? _text[_at..(close + 1)] : _text[(_at + 1)..close];
        _at = close + 1;
        return quoted;
    }

    private string DoubleQuoted()
    {
        StringBuilder quoted = new(_expansion.KeepQuotes ? "\"" : "");
        _at++;
        while (!AtEnd)
        {
            char c = _text[_at];
            if (c == '$')
            {
                Expansion.Append(quoted, Dollar());
                continue;
            }

            _at++;
            if (c == '"')
            {
                return (_expansion.KeepQuotes ? quoted.Append('"') : quoted).ToString();
            }

            if (c == _escape)
            {
                if (_keepEscapes)
                {
                    quoted.Append(c);
                }

                if (AtEnd)
                {
                    continue;
                }

                // Before anything else an escape means itself.
                if (Next is '"' or '$' || Next == _escape)
                {
                    c = _text[_at++];
                }
                else if (_keepEscapes)
                {
                    continue;
                }
            }

            quoted.Append(c);
        }

        throw Wrong("unexpected end of statement while looking for matching double-quote");
    }

    private string Dollar()
    {
        int start = _at++;
        if (Next != '{')
        {
            string plain = Name();
            return plain.Length == 0 ? "$" : ValueOf(plain, start);
        }

        _at++;
        if (AtEnd)
        {
            throw Wrong("syntax error: missing '}'");
        }

        if (Next is '{' or '}' or ':')
        {
            throw Wrong("syntax error: bad substitution");
        }

        if (++_depth > DeepestNesting)
        {
            throw Wrong("substitutions are nested too deeply");
        }

        string name = Name();
        string value = Modified(name, start);
        _depth--;
        return value;
    }

    private string ValueOf(string name, int start) =>
        _expansion.Lookup(name) ?? (_expansion.KeepUnset ? _text[start.._at] : "");

    private string Modified(string name, int start)
    {
        if (AtEnd)
        {
            throw Wrong("syntax error: missing '}'");
        }

        char modifier = _text[_at++];
        if (modifier == '}')
        {
            return ValueOf(name, start);
        }

        bool colon = modifier == ':';
        if (colon)
        {
            modifier = AtEnd ? throw Wrong("syntax error: missing '}'") : _text[_at++];
        }

        if (modifier == '/' && !colon)
        {
            return Replaced(name, start);
        }

        if (modifier is not ('-' or '+' or '?' or '#' or '%'))
        {
            throw Wrong($"unsupported modifier ({(colon ? ":" : "")}{modifier}) in substitution");
        }

        string word = Part('}', modifier is '#' or '%', "syntax error: missing '}'");
        string? value = _expansion.Lookup(name, isMissed: modifier is '#' or '%');
        if (value is null && _expansion.KeepUnset)
        {
            return _text[start.._at];
        }

        bool given = value is not null && !(colon && value.Length == 0);
        return modifier switch
        {
            '-' => given ? value! : word,
            '+' => given ? word : "",
            '?' => given ? value! : throw Wrong(
                $"{name}: {(word.Length > 0 ? word : value is null ? "is not allowed to be unset" : "is not allowed to be empty")}"),
            _ => Trimmed(value ?? "", word, modifier),
        };
    }

    private static string Trimmed(string value, string word, char modifier)
    {
        bool longest = word.Length > 0 && word[0] == modifier;
        ShellPattern pattern = ShellPattern.Parse(longest ? word[1..] : word);
        int taken = modifier == '#' ? pattern.Prefix(value, longest) : pattern.Suffix(value, longest);
        return taken <= 0 ? value : modifier == '#' ? value[taken..] : value[..^taken];
    }

    private string Replaced(string name, int start)
    {
        bool all = Next == '/';
        _at += all ? 1 : 0;
        string pattern = Part('/', keepEscapes: true, "syntax error: missing '/' in ${}");
        string replacement = Part('}', keepEscapes: false, "syntax error: missing '}'");
        string? value = _expansion.Lookup(name);
        return value is null
            ? _expansion.KeepUnset ? _text[start.._at] : ""
            : ShellPattern.Parse(pattern).Replace(value, replacement, all);
    }

    private string Part(char stop, bool keepEscapes, string missing)
    {
        bool before = _keepEscapes;
        _keepEscapes = keepEscapes || before;
        ExpandedText part = new();
        try
        {
            Until(stop, part);
        }
        catch (DockerfileException) when (AtEnd)
        {
            throw Wrong(missing);
        }

        _keepEscapes = before;
        return part.Text;
    }

    /// <summary>A name, a number, or one of the shell's special parameters.</summary>
    private string Name()
    {
        int start = _at;
        if (char.IsDigit(Next))
        {
            while (char.IsDigit(Next))
            {
                _at++;
            }
        }
        else if (Next is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            _at++;
        }
        else
        {
            while (char.IsLetterOrDigit(Next) || Next == '_')
            {
                _at++;
            }
        }

        return _text[start.._at];
    }
}
