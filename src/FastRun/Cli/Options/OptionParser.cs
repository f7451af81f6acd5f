using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options;

/// <summary>
/// Docker's option grammar: <c>--flag value</c>, <c>--flag=value</c>, <c>-f value</c>, <c>-fvalue</c>, <c>-f=value</c> and grouped
/// switches <c>-it</c>. Parsing ends at <c>--</c>, and at the first operand unless the command lets flags follow operands.
/// </summary>
/// <param name="tables">Where flags are looked up, first match first.</param>
internal readonly struct OptionParser(params Option[][] tables)
{
    /// <summary>Whether <c>--help</c> was found, in which case parsing stopped there.</summary>
    internal const int Help = -1;

    /// <summary>
    /// Applies the flags of the arguments and adds the others to the operands. Returns the index of the first argument that
    /// was not looked at, or <see cref="Help"/>.
    /// </summary>
    internal int Parse(ReadOnlySpan<string> arguments, bool interspersed, List<string> operands)
    {
        int next = 0;
        while (next < arguments.Length)
        {
            string argument = arguments[next];
            if (argument.Length < 2 || argument[0] != '-')
            {
                if (!interspersed)
                {
                    break;
                }

                operands.Add(argument);
                next++;
                continue;
            }

            next++;
            if (argument == "--")
            {
                break;
            }

            bool goOn = argument[1] == '-'
                ? ParseLong(argument, arguments, ref next)
                : ParseShort(argument, arguments, ref next);
            if (!goOn)
            {
                return Help;
            }
        }

        foreach (string operand in arguments[next..])
        {
            operands.Add(operand);
        }

        return next;
    }

    private bool ParseLong(string argument, ReadOnlySpan<string> arguments, ref int next)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument[2..] : argument[2..equals];
        if (name.Length == 0 || name[0] == '-')
        {
            throw new UsageException($"bad flag syntax: {argument}", UsageFault.Flag);
        }

        Option? option = Find(name);
        if (option is null)
        {
            return name == "help"
                ? equals >= 0 && !HelpValue(argument[(equals + 1)..])
                : throw new UsageException($"unknown flag: --{name}", UsageFault.Flag);
        }

        if (equals >= 0)
        {
            Apply(option, argument[(equals + 1)..]);
        }
        else if (option.IsSwitch)
        {
            Apply(option, "true");
        }
        else if (next < arguments.Length)
        {
            Apply(option, arguments[next++]);
        }
        else
        {
            throw new UsageException($"flag needs an argument: --{name}", UsageFault.Flag);
        }

        return true;
    }

    private bool ParseShort(string argument, ReadOnlySpan<string> arguments, ref int next)
    {
        for (int i = 1; i < argument.Length; i++)
        {
            char letter = argument[i];
            Option? option = Find(letter);
            if (option is null)
            {
                return letter == 'h'
                    ? false
                    : throw new UsageException($"unknown shorthand flag: '{letter}' in -{argument[i..]}", UsageFault.Flag);
            }

            if (i + 2 < argument.Length && argument[i + 1] == '=')
            {
                Apply(option, argument[(i + 2)..]);
                return true;
            }

            if (option.IsSwitch)
            {
                Apply(option, "true");
                continue;
            }

            if (i + 1 < argument.Length)
            {
                Apply(option, argument[(i + 1)..]);
            }
            else if (next < arguments.Length)
            {
                Apply(option, arguments[next++]);
            }
            else
            {
                throw new UsageException($"flag needs an argument: '{letter}' in -{argument[i..]}", UsageFault.Flag);
            }

            return true;
        }

        return true;
    }

    private Option? Find(string name)
    {
        foreach (Option[] table in tables)
        {
            foreach (Option option in table)
            {
                if (option.Name == name)
                {
                    return option;
                }
            }
        }

        return null;
    }

    private Option? Find(char shorthand)
    {
        foreach (Option[] table in tables)
        {
            foreach (Option option in table)
            {
                if (option.Shorthand == shorthand)
                {
                    return option;
                }
            }
        }

        return null;
    }

    private static bool HelpValue(string text)
    {
        try
        {
            return Values.Boolean(text);
        }
        catch (EngineException e)
        {
            throw new UsageException($"invalid argument \"{text}\" for \"--help\" flag: {e.Message}", UsageFault.Flag);
        }
    }

    private static void Apply(Option option, string value)
    {
        try
        {
            option.IsGiven = true;
            option.Apply(value);
        }
        catch (EngineException e) when (e.Kind is ErrorKind.InvalidArgument or ErrorKind.Unsupported)
        {
            throw new UsageException($"invalid argument \"{value}\" for \"{option.Display}\" flag: {e.Message}", UsageFault.Flag);
        }
    }
}
