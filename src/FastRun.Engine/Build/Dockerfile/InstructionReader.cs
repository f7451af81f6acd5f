using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>Makes an instruction of its line. Messages are those of BuildKit.</summary>
internal static partial class InstructionReader
{
    private static readonly string[] s_keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
        "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    /// <summary>Whether here-documents can follow: in RUN, COPY and ADD, also behind ONBUILD, but not in the exec form.</summary>
    internal static bool HasHeredocs(InstructionSource source)
    {
        string keyword = source.Written.ToUpperInvariant();
        string rest = source.Rest;
        if (keyword == "ONBUILD")
        {
            (keyword, rest) = FirstWord(rest);
            keyword = keyword.ToUpperInvariant();
        }

        return keyword is "RUN" or "COPY" or "ADD"
            && rest.Contains("<<", StringComparison.Ordinal)
            && JsonWords.TryParse(WordList.Flags(rest, [])) is null;
    }

    /// <summary>Reads an instruction.</summary>
    /// <exception cref="DockerfileException">It is wrong; of no line.</exception>
    internal static Instruction Read(InstructionSource source, char escape)
    {
        List<string> flags = [];
        string keyword = source.Written.ToUpperInvariant();
        string rest = keyword == "ONBUILD" ? source.Rest : WordList.Flags(source.Rest, flags);
        return keyword switch
        {
            "FROM" => From(source, flags, rest),
            "RUN" => Run(source, flags, rest),
            "COPY" => Copy(source, flags, rest),
            "ADD" => Add(source, flags, rest),
            "HEALTHCHECK" => Healthcheck(source, flags, rest),
            "ONBUILD" => OnBuild(source, escape),
            _ => Plain(source, new InstructionFlags(flags), keyword, rest, escape),
        };
    }

    private static Instruction Plain(InstructionSource source, InstructionFlags flags, string keyword, string rest, char escape)
    {
        // None of these has flags; making the object has checked that.
        _ = flags;
        return keyword switch
        {
            "CMD" => new CmdInstruction(source, Command(rest)),
            "ENTRYPOINT" => new EntrypointInstruction(source, Command(rest)),
            "ENV" => new EnvInstruction(source, Pairs(keyword, rest, escape)),
            "LABEL" => new LabelInstruction(source, Pairs(keyword, rest, escape)),
            "ARG" => new ArgInstruction(source, Arguments(rest, escape)),
            "WORKDIR" => new WorkdirInstruction(source, One(keyword, rest)),
            "USER" => new UserInstruction(source, One(keyword, rest)),
            "STOPSIGNAL" => new StopSignalInstruction(source, One(keyword, rest)),
            "MAINTAINER" => new MaintainerInstruction(source, One(keyword, rest)),
            "EXPOSE" => new ExposeInstruction(source, Some(keyword, WordList.Plain(rest))),
            "VOLUME" => new VolumeInstruction(source, Volumes(rest)),
            "SHELL" => new ShellInstruction(source, Shell(source, rest)),
            _ => throw Wrong($"unknown instruction: {source.Written}{Suggestion.For(source.Written, s_keywords)}"),
        };
    }

    private static DockerfileException Wrong(string message) => new(LineRange.None, message);

    private static DockerfileException Plain(string message) => new(LineRange.None, message) { IsPlain = true };

    private static (string First, string After) FirstWord(string text)
    {
        int end = text.AsSpan().IndexOfAny(" \t\v\f\r");
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim());
    }

    private static CommandLine Command(string rest) => JsonWords.TryParse(rest) is { } list
        ? new CommandLine(false, list)
        : new CommandLine(true, rest.Length == 0 ? [] : [rest]);

    private static string One(string keyword, string rest) =>
        rest.Length > 0 ? rest : throw Wrong($"{keyword} requires exactly one argument");

    private static IReadOnlyList<string> Some(string keyword, IReadOnlyList<string> words) =>
        words.Count > 0 ? words : throw Wrong($"{keyword} requires at least one argument");

    private static List<Assignment> Pairs(string keyword, string rest, char escape)
    {
        IReadOnlyList<string> words = Some(keyword, WordList.Quoted(rest, escape));
        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            (string name, string value) = FirstWord(rest);
            return value.Length == 0 ? throw Plain($"{keyword} must have two arguments") : [new Assignment(name, value, IsLegacy: true)];
        }

        List<Assignment> pairs = [];
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            pairs.Add(equals switch
            {
                < 0 => throw Plain($"Syntax error - can't find = in {Expansion.Quoted(word)}. Must be of the form: name=value"),
                0 => throw Wrong($"{keyword} names can not be blank"),
                _ => new Assignment(word[..equals], word[(equals + 1)..]),
            });
        }

        return pairs;
    }

    private static List<Assignment> Arguments(string rest, char escape)
    {
        List<Assignment> arguments = [];
        foreach (string word in Some("ARG", WordList.Quoted(rest, escape)))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            arguments.Add(equals switch
            {
                < 0 => new Assignment(word, null),
                0 => throw Wrong("ARG names can not be blank"),
                _ => new Assignment(word[..equals], word[(equals + 1)..]),
            });
        }

        return arguments;
    }

    private static List<string> Volumes(string rest)
    {
        List<string> paths = [];
        foreach (string path in Some("VOLUME", JsonWords.TryParse(rest) ?? WordList.Plain(rest)))
        {
            string trimmed = path.Trim();
            paths.Add(trimmed.Length > 0 ? trimmed : throw Wrong("VOLUME specified can not be an empty string"));
        }

        return paths;
    }

    private static IReadOnlyList<string> Shell(InstructionSource source, string rest)
    {
        IReadOnlyList<string>? shell = rest.Length == 0 ? [] : JsonWords.TryParse(rest);
        return shell is null
            ? throw Wrong($"SHELL requires the arguments to be in JSON form{NotJson(source.Text)}")
            : Some("SHELL", shell);
    }

    /// <summary>Docker's hint for the commonest mistakes.</summary>
    private static string NotJson(string text) => text.Contains('\'', StringComparison.Ordinal) ? ". It looks like single quotes were used instead of double quotes" : "";

    private static FromInstruction From(InstructionSource source, IReadOnlyList<string> written, string rest)
    {
        IReadOnlyList<string> words = WordList.Plain(rest);
        bool named = words.Count == 3 && words[1].Equals("as", StringComparison.OrdinalIgnoreCase);
        if (words.Count != 1 && !named)
        {
            throw Wrong("FROM requires either one or three arguments");
        }

        InstructionFlags flags = new(written, "platform");
        return new FromInstruction(source, words[0], named ? StageName(words[2]) : null)
        {
            Platform = flags.Text("platform") is { Length: > 0 } platform ? platform : null,
            WrittenName = named ? words[2] : null,
            WrittenAs = named ? words[1] : null,
        };
    }

    private static string StageName(string written)
    {
        string name = written.ToLowerInvariant();
        bool valid = char.IsAsciiLetterLower(name[0]);
        foreach (char c in name)
        {
            valid &= char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.';
        }

        return valid
            ? name
            : throw Wrong($"invalid name for build stage: {Expansion.Quoted(written)}, name can't start with a number or contain symbols");
    }

    private static OnBuildInstruction OnBuild(InstructionSource source, char escape)
    {
        (string written, string rest) = FirstWord(source.Rest);
        switch (written.ToUpperInvariant())
        {
            case "":
                throw Wrong("ONBUILD requires at least one argument");
            case "ONBUILD":
                throw Wrong("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
            case var keyword and ("MAINTAINER" or "FROM"):
                throw Wrong($"{keyword} isn't allowed as an ONBUILD trigger");
        }

        string expression = source.Rest;
        foreach (Heredoc heredoc in source.Heredocs)
        {
            expression += $"\n{heredoc.Content}{heredoc.Name}";
        }

        InstructionSource trigger = source with { Written = written, Text = source.Rest, Rest = rest, Comments = [] };
        return new OnBuildInstruction(source, expression, Read(trigger, escape));
    }
}
