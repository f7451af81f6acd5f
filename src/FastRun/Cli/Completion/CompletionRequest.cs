using System;
using System.Collections.Generic;
using FastRun.Cli.Commands;
using FastRun.Cli.Options;

namespace FastRun.Cli.Completion;

/// <summary>A command line that is being typed: what its last word can become, by the tables that parsing uses.</summary>
internal sealed class CompletionRequest
{
    private const char Separator = '\t';

    private readonly string _partial;
    private readonly List<string> _operands = [];
    private readonly Option[] _globals;
    private CommandEntry? _entry;
    private Command? _command;
    private CommandGroup? _group;
    private Option[] _options;
    private Option? _awaiting;
    private bool _flagsEnded;
    private bool _isUnknown;

    /// <param name="words">The words behind the program's name; the last one is not complete.</param>
    /// <param name="globals">The flags of every command, which are applied.</param>
    internal CompletionRequest(IReadOnlyList<string> words, Option[] globals)
    {
        _globals = globals;
        _options = [];
        _partial = words.Count == 0 ? "" : words[^1];
        for (int i = 0; i + 1 < words.Count; i++)
        {
            Take(words[i]);
        }
    }

    /// <summary>Whose names can stand here.</summary>
    internal CompletionKind Kind =>
        _awaiting is not null ? OfValue(_awaiting)
        : IsFlag || _isUnknown ? CompletionKind.None
        : _command is null ? CompletionKind.Commands
        : OperandSyntax.At(_command.Usage, _operands.Count);

    /// <summary>What the word begins with so far.</summary>
    internal string Partial => _partial;

    private bool IsFlag => !_flagsEnded && _partial.StartsWith('-');

    /// <summary>Flags and commands that begin with the word, a line each: the word, a tabulator, what it is.</summary>
    internal List<string> Words()
    {
        var found = new List<string>();
        if (_awaiting is not null)
        {
            return found;
        }

        if (IsFlag)
        {
            Add(found, _options);
            Add(found, _globals);
            Add(found, "--help", "Help about the command");
        }
        else if ((Kind & CompletionKind.Commands) != 0)
        {
            AddCommands(found);
        }

        return found;
    }

    private static CompletionKind OfValue(Option option) => option.Name switch
    {
        "volumes-from" => CompletionKind.Containers,
        "network" => CompletionKind.Networks,
        "from" => CompletionKind.Images,
        "volume" or "env-file" or "cidfile" or "config" or "workspace" => CompletionKind.Files,
        _ => option.ValueName is "file" or "dir" ? CompletionKind.Files : CompletionKind.None,
    };

    private void Take(string word)
    {
        if (_awaiting is { } option)
        {
            Apply(option, word);
            _awaiting = null;
        }
        else if (!_flagsEnded && word == "--")
        {
            _flagsEnded = true;
        }
        else if (!_flagsEnded && word.Length > 1 && word[0] == '-')
        {
            TakeFlag(word);
        }
        else if (_command is not null)
        {
            _operands.Add(word);
            _flagsEnded |= !_command.Interspersed;
        }
        else
        {
            TakeCommand(word);
        }
    }

    private void TakeCommand(string word)
    {
        string name = _group is null ? word : $"{_group.Name} {word}";
        _entry = CommandTable.Find(name);
        if (_entry is null)
        {
            _isUnknown = _group is not null || CommandTable.FindGroup(word) is null;
            _group = CommandTable.FindGroup(word);
            return;
        }

        _command = _entry.Make();
        _options = _command.BuildOptions();
    }

    /// <summary>A flag that waits for its value, which is the next word.</summary>
    private void TakeFlag(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            if (Find(word[..equals]) is { IsSwitch: false } given)
            {
                Apply(given, word[(equals + 1)..]);
            }

            return;
        }

        if (word[1] == '-')
        {
            _awaiting = Find(word) is { IsSwitch: false } option ? option : null;
            return;
        }

        for (int i = 1; i < word.Length; i++)
        {
            if (Find($"-{word[i]}") is { IsSwitch: false } option)
            {
                _awaiting = i + 1 == word.Length ? option : null;
                return;
            }
        }
    }

    private Option? Find(string flag) => Find(_options, flag) ?? Find(_globals, flag);

    private static Option? Find(Option[] table, string flag) => Array.Find(
        table, option => flag.StartsWith("--", StringComparison.Ordinal) ? option.Name == flag[2..] : option.Shorthand == flag[1]);

    /// <summary>The roots of state decide which names there are; whatever is wrong with a value is for the real run to say.</summary>
    private void Apply(Option option, string value)
    {
        if (option.Name is "data-root" or "run-root" && Array.IndexOf(_globals, option) >= 0)
        {
            option.Apply(value);
        }
    }

    private void AddCommands(List<string> found)
    {
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            string? name = _group is null ? entry.Name : entry.NameIn(_group);
            if (!entry.IsHidden && name is not null && !name.Contains(' ', StringComparison.Ordinal))
            {
                Add(found, name, entry.Make().Summary);
            }
        }

        foreach (CommandGroup group in _group is null ? CommandTable.Groups : [])
        {
            if (CommandTable.HasCommands(group))
            {
                Add(found, group.Name, group.Summary);
            }
        }
    }

    private void Add(List<string> found, Option[] options)
    {
        foreach (Option option in options)
        {
            if (!option.IsHidden)
            {
                Add(found, "--" + option.Name, option.Description);
            }
        }
    }

    private void Add(List<string> found, string word, string meaning)
    {
        if (word.StartsWith(_partial, StringComparison.Ordinal))
        {
            found.Add($"{word}{Separator}{meaning}");
        }
    }
}
