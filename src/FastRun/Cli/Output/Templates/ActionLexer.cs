using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FastRun.Cli.Output.Templates;

/// <summary>Splits what stands between <c>{{</c> and <c>}}</c> into tokens.</summary>
internal ref struct ActionLexer(string template, int start)
{
    private int _position = start;

    /// <summary>Reads up to the closing braces; the position behind them, and whether they trim the space after.</summary>
    internal List<Token> Read(out int end, out bool trimsAfter)
    {
        var tokens = new List<Token>();
        while (true)
        {
            bool spaced = SkipSpace();
            if (StartsWith("}}") || (spaced && StartsWith("-}}")))
            {
                trimsAfter = template[_position] == '-';
                tokens.Add(new Token(TokenKind.End, "", _position, spaced));
                end = _position + (trimsAfter ? 3 : 2);
                return tokens;
            }

            if (_position >= template.Length)
            {
                throw Error("unclosed action");
            }

            tokens.Add(Next(spaced));
        }
    }

    private Token Next(bool spaced)
    {
        int begin = _position;
        char c = template[_position];
        switch (c)
        {
            case '.' when _position + 1 < template.Length && char.IsAsciiDigit(template[_position + 1]):
                return new Token(TokenKind.Number, Number(), begin, spaced);
            case '.':
                _position++;
                return new Token(TokenKind.Field, Word(), begin, spaced);
            case '$':
                _position++;
                return new Token(TokenKind.Variable, Word(), begin, spaced);
            case '"':
                return new Token(TokenKind.Text, Quoted(), begin, spaced);
            case '`':
                return new Token(TokenKind.Text, Raw(), begin, spaced);
            case '|' or '(' or ')' or ',' or '=':
                _position++;
                return new Token(TokenKind.Sign, c.ToString(), begin, spaced);
            case ':' when StartsWith(":="):
                _position += 2;
                return new Token(TokenKind.Sign, ":=", begin, spaced);
        }

        if (char.IsAsciiDigit(c) || c is '-' or '+')
        {
            return new Token(TokenKind.Number, Number(), begin, spaced);
        }

        string word = Word();
        return word.Length > 0
            ? new Token(TokenKind.Word, word, begin, spaced)
            : throw Error($"unexpected \"{c}\" in command");
    }

    private string Word()
    {
        int begin = _position;
        while (_position < template.Length && (char.IsLetterOrDigit(template[_position]) || template[_position] == '_'))
        {
            _position++;
        }

        return template[begin.._position];
    }

    private string Number()
    {
        int begin = _position++;
        while (_position < template.Length && (char.IsAsciiLetterOrDigit(template[_position]) || template[_position] is '.' or '_'))
        {
            _position++;
        }

        return template[begin.._position];
    }

    private string Raw()
    {
        int end = template.IndexOf('`', _position + 1);
        if (end < 0)
        {
            throw Error("unterminated raw quoted string");
        }

        string text = template[(_position + 1)..end];
        _position = end + 1;
        return text;
    }

    private string Quoted()
    {
        var text = new StringBuilder();
        for (_position++; _position < template.Length && template[_position] is not ('"' or '\n'); _position++)
        {
            char c = template[_position];
            text.Append(c == '\\' ? Escape() : c);
        }

        if (_position >= template.Length || template[_position] == '\n')
        {
            throw Error("unterminated quoted string");
        }

        _position++;
        return text.ToString();
    }

    private char Escape()
    {
        _position++;
        char c = _position < template.Length ? template[_position] : '\0';
        int digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
        if (digits > 0 && _position + digits < template.Length
            && int.TryParse(
                template.AsSpan(_position + 1, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out int code))
        {
            _position += digits;
            return (char)code;
        }

        return c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' or '"' or '\'' => c,
            _ => throw Error("invalid syntax in quoted string"),
        };
    }

    private bool SkipSpace()
    {
        int begin = _position;
        while (_position < template.Length && char.IsWhiteSpace(template[_position]))
        {
            _position++;
        }

        return _position > begin;
    }

    private readonly bool StartsWith(string text) =>
        string.CompareOrdinal(template, _position, text, 0, text.Length) == 0;

    private readonly TemplateException Error(string message) => new(Where.ParseError(template, _position, message));
}
