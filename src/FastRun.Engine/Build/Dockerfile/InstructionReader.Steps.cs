using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Dockerfile;

/// <content>Instructions with flags of their own: RUN, COPY, ADD, HEALTHCHECK.</content>
internal static partial class InstructionReader
{
    private static RunInstruction Run(InstructionSource source, IReadOnlyList<string> written, string rest)
    {
        InstructionFlags flags = new(written, "mount*", "network", "security");
        string network = flags.Text("network") ?? "default";
        string security = flags.Text("security") ?? "sandbox";
        if (network is not ("default" or "none" or "host"))
        {
            throw Wrong($"invalid network mode {Expansion.Quoted(network)}");
        }

        if (security is not ("sandbox" or "insecure"))
        {
            throw Wrong($"security {Expansion.Quoted(security)} is not valid");
        }

        List<string> sources = [];
        foreach (string options in flags.All("mount"))
        {
            RunMount.Check(options, sources);
        }

        return new RunInstruction(source, WithHeredocs(source, Command(rest.Length > 0 ? rest : throw Wrong("RUN requires at least one argument"))))
        {
            Script = IsLone(source, rest) && source.Heredocs[0].Content.StartsWith("#!", StringComparison.Ordinal) ? source.Heredocs[0] : null,
            MountOptions = flags.All("mount"),
            MountSources = sources,
            Network = network,
            Security = security,
        };
    }

    private static bool IsLone(InstructionSource source, string rest) =>
        source.Heredocs.Count == 1 && HeredocSyntax.TryParse(rest) is not null;

    /// <summary>
    /// A lone here-document is the script itself, so that shells which know none can run it; with other words before or behind it the shell gets it as text.
    /// </summary>
    private static CommandLine WithHeredocs(InstructionSource source, CommandLine command)
    {
        if (source.Heredocs.Count == 0)
        {
            return command;
        }

        string text = command.Arguments[0];
        if (IsLone(source, text))
        {
            return new CommandLine(true, [source.Heredocs[0].Text]);
        }

        foreach (Heredoc heredoc in source.Heredocs)
        {
            text += $"\n{heredoc.Content}{heredoc.Name}";
        }

        return new CommandLine(true, [text]);
    }

    private static CopyInstruction Copy(InstructionSource source, IReadOnlyList<string> written, string rest)
    {
        (IReadOnlyList<string> sources, List<Heredoc> files, string destination) = Paths(source, "COPY", rest);
        InstructionFlags flags = new(written, "chown", "from", "chmod", "link?", "parents?", "exclude*");
        string? from = flags.Text("from");
        return from is not null && from.Contains('$', StringComparison.Ordinal)
            ? throw Plain("variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround")
            : new CopyInstruction(source, sources, destination)
            {
                Files = files,
                From = from is { Length: > 0 } ? from : null,
                Chown = Given(flags, "chown"),
                Chmod = Given(flags, "chmod"),
                Link = flags.Switch("link") ?? false,
                Parents = flags.Switch("parents") ?? false,
                Excludes = flags.All("exclude"),
            };
    }

    private static AddInstruction Add(InstructionSource source, IReadOnlyList<string> written, string rest)
    {
        (IReadOnlyList<string> sources, List<Heredoc> files, string destination) = Paths(source, "ADD", rest);
        InstructionFlags flags = new(written, "chown", "chmod", "link?", "exclude*", "checksum", "keep-git-dir?", "unpack?");
        return new AddInstruction(source, sources, destination)
        {
            Files = files,
            Chown = Given(flags, "chown"),
            Chmod = Given(flags, "chmod"),
            Link = flags.Switch("link") ?? false,
            Excludes = flags.All("exclude"),
            Checksum = Given(flags, "checksum"),
            KeepGitDirectory = flags.Switch("keep-git-dir") ?? false,
            Unpack = flags.Switch("unpack"),
        };
    }

    private static string? Given(InstructionFlags flags, string name) => flags.Text(name) is { Length: > 0 } value ? value : null;

    private static (IReadOnlyList<string> Sources, List<Heredoc> Files, string Destination) Paths(
        InstructionSource source, string keyword, string rest)
    {
        IReadOnlyList<string> words = JsonWords.TryParse(rest) ?? WordList.Plain(rest);
        if (words.Count < 2)
        {
            throw Wrong($"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined");
        }

        string destination = words[^1];
        if (HeredocSyntax.TryParse(destination) is not null)
        {
            throw Wrong($"{keyword} cannot accept a heredoc as a destination");
        }

        List<string> sources = [];
        List<Heredoc> files = [];
        for (int i = 0; i < words.Count - 1; i++)
        {
            if (source.Heredocs.Count > files.Count && HeredocSyntax.TryParse(words[i]) is { } heredoc)
            {
                files.Add(Content(source, heredoc));
            }
            else
            {
                sources.Add(words[i]);
            }
        }

        return (sources, files, destination);
    }

    /// <summary>The here-document with its content; of several with one name the last one.</summary>
    private static Heredoc Content(InstructionSource source, Heredoc named)
    {
        for (int i = source.Heredocs.Count - 1; i >= 0; i--)
        {
            if (source.Heredocs[i].Name == named.Name)
            {
                return named with { Content = source.Heredocs[i].Content };
            }
        }

        return named;
    }

    private static HealthcheckInstruction Healthcheck(InstructionSource source, IReadOnlyList<string> written, string rest)
    {
        (string word, string command) = FirstWord(rest);
        string kind = word.ToUpperInvariant();
        InstructionFlags flags = kind == "NONE"
            ? new(written)
            : new(written, "interval", "timeout", "start-period", "start-interval", "retries");
        switch (kind)
        {
            case "":
                throw Wrong("HEALTHCHECK requires at least one argument");
            case "NONE":
                return command.Length == 0 ? new HealthcheckInstruction(source, null) : throw Wrong("HEALTHCHECK NONE takes no arguments");
            case "CMD":
                break;
            default:
                throw Wrong($"Unknown type {Expansion.Quoted(kind)} in HEALTHCHECK (try CMD)");
        }

        CommandLine probe = Command(command);
        return new HealthcheckInstruction(source, probe.Arguments.Count > 0 ? probe : throw Wrong("Missing command after HEALTHCHECK CMD"))
        {
            Interval = Duration(flags, "interval"),
            Timeout = Duration(flags, "timeout"),
            StartPeriod = Duration(flags, "start-period"),
            StartInterval = Duration(flags, "start-interval"),
            Retries = Retries(flags.Text("retries")),
        };
    }

    private static TimeSpan Duration(InstructionFlags flags, string name)
    {
        if (flags.Text(name) is not { Length: > 0 } text)
        {
            return TimeSpan.Zero;
        }

        TimeSpan duration;
        try
        {
            duration = GoDuration.Parse(text);
        }
        catch (EngineException e)
        {
            throw Wrong(e.Message);
        }

        return duration != TimeSpan.Zero && duration < TimeSpan.FromMilliseconds(1)
            ? throw Wrong($"Interval \"{name}\" cannot be less than 1ms")
            : duration;
    }

    private static int Retries(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int retries))
        {
            throw Wrong($"invalid value for --retries: {text}");
        }

        return retries >= 0 ? retries : throw Wrong($"--retries cannot be negative ({text})");
    }
}
