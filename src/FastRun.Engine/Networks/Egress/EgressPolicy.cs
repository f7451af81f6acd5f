using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Egress;

/// <summary>Where a container may send: what no rule names is refused (docs/networks.md, "Egress").</summary>
public sealed class EgressPolicy
{
    /// <summary>The most rules of a policy.</summary>
    public const int MostRules = 512;

    private const int LongestFile = 32 * 1024;

    private EgressPolicy(List<EgressRule> rules) => Rules = rules;

    internal IReadOnlyList<EgressRule> Rules { get; }

    /// <summary>The rules as text.</summary>
    internal IReadOnlyList<string> Texts
    {
        get
        {
            List<string> texts = [];
            foreach (EgressRule rule in Rules)
            {
                texts.Add(rule.ToString());
            }

            return texts;
        }
    }

    /// <summary>Reads what a user says: <c>all</c>, <c>none</c>, or the path of a file with one rule a line.</summary>
    /// <returns>The rules; null for no policy at all.</returns>
    /// <exception cref="EngineException">The file cannot be read, or a line is no rule.</exception>
    public static IReadOnlyList<string>? Read(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value switch
        {
            "all" => null,
            "none" => [],
            _ => ParseFile(value),
        };
    }

    /// <summary>The policy of a request; null where it may send anywhere.</summary>
    /// <exception cref="EngineException">A rule is none.</exception>
    internal static EgressPolicy? Of(ContainerCreateRequest request) => request.Egress is null ? null : Parse(request.Egress);

    /// <summary>Reads rules.</summary>
    /// <exception cref="EngineException">One is none, or there are too many.</exception>
    internal static EgressPolicy Parse(IReadOnlyList<string> texts)
    {
        if (texts.Count > MostRules)
        {
            throw EngineException.Invalid(string.Create(CultureInfo.InvariantCulture, $"egress: {texts.Count} rules: at most {MostRules} are possible"));
        }

        List<EgressRule> rules = [];
        foreach (string text in texts)
        {
            rules.Add(EgressRule.Parse(text));
        }

        return new EgressPolicy(rules);
    }

    /// <summary>As <see cref="Parse"/>; where one is none, nothing at all is allowed.</summary>
    internal static EgressPolicy ParseOrNone(IReadOnlyList<string> texts)
    {
        try
        {
            return Parse(texts);
        }
        catch (EngineException)
        {
            return new EgressPolicy([]);
        }
    }

    /// <summary>The rules that mean a name.</summary>
    internal List<EgressRule> RulesOf(string name)
    {
        List<EgressRule> rules = [];
        foreach (EgressRule rule in Rules)
        {
            if (rule.Means(name))
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    private static List<string> ParseFile(string path)
    {
        List<string> rules = [];
        int number = 0;
        foreach (string line in ReadText(path).Split('\n'))
        {
            number++;
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string text = (comment < 0 ? line : line[..comment]).Trim();
            if (text.Length == 0)
            {
                continue;
            }

            try
            {
                rules.Add(EgressRule.Parse(text).ToString());
            }
            catch (EngineException exception)
            {
                throw EngineException.Invalid(string.Create(CultureInfo.InvariantCulture, $"{path}: line {number}: {exception.Message}"));
            }
        }

        _ = Parse(rules);
        return rules;
    }

    private static string ReadText(string path)
    {
        try
        {
            using Fd file = FileAt.Open(null, path, OpenFlags.Read | OpenFlags.NonBlocking);
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(FileContent.ReadAll(file, LongestFile)).TrimStart('\uFEFF');
        }
        catch (SyscallException exception)
        {
            throw new EngineException(
                exception.Errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument,
                $"egress: {path}: {exception.Errno.Describe()}",
                exception,
                "--egress takes none, all, or a file with one rule a line");
        }
        catch (DecoderFallbackException exception)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"egress: {path}: it is not UTF-8 text", exception);
        }
    }
}
