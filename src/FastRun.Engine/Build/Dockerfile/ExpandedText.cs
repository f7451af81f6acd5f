using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>What <see cref="ExpansionWalk"/> makes: a text, and the same divided into words.</summary>
internal sealed class ExpandedText
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _word = new();
    private readonly List<string> _words = [];

    internal string Text => _text.ToString();

    /// <summary>A character as it stands: white space divides words.</summary>
    internal void Add(char c)
    {
        _text.Append(c);
        Divide(c);
    }

    /// <summary>A character behind an escape.</summary>
    internal void AddLiteral(char c)
    {
        _text.Append(c);
        _word.Append(c);
    }

    /// <summary>What stood in quotes.</summary>
    internal void AddQuoted(string text)
    {
        Expansion.Append(_text, text);
        _word.Append(text);
    }

    /// <summary>A variable's value: white space in it divides words.</summary>
    internal void AddValue(string text)
    {
        Expansion.Append(_text, text);
        foreach (char c in text)
        {
            Divide(c);
        }
    }

    internal IReadOnlyList<string> Words()
    {
        Finish();
        return _words;
    }

    private void Divide(char c)
    {
        if (char.IsWhiteSpace(c))
        {
            Finish();
        }
        else
        {
            _word.Append(c);
        }
    }

    private void Finish()
    {
        if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
            _word.Clear();
        }
    }
}
