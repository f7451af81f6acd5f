using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>
/// The text form of a <see cref="DeviceRule"/>, Docker's <c>--device-cgroup-rule 'c 1:3 mr'</c>: a type of <c>a</c>, <c>b</c>
/// or <c>c</c>, numbers or <c>*</c>, and one to three letters of <c>rwm</c>.
/// </summary>
public static class DeviceRuleSyntax
{
    /// <summary>Parses one rule.</summary>
    /// <exception cref="EngineException">It is not a rule.</exception>
    public static DeviceRule Parse(string text)
    {
        string[] words = text.Split(' ');
        string[] numbers = words.Length == 3 ? words[1].Split(':') : [];
        if (numbers.Length == 2
            && words[0] is "a" or "b" or "c"
            && TryParse(numbers[0], out uint? major) && TryParse(numbers[1], out uint? minor)
            && new DeviceNumber(major ?? 0, minor ?? 0).IsValid
            && words[2].Length is >= 1 and <= 3 && !words[2].AsSpan().ContainsAnyExcept("rwm"))
        {
            DeviceType type = words[0] switch { "b" => DeviceType.Block, "c" => DeviceType.Character, _ => DeviceType.Any };
            return new DeviceRule(type, major, minor, Access(words[2]));
        }

        throw EngineException.Invalid($"invalid device cgroup format '{text}'");
    }

    /// <summary>What letters of <c>rwm</c> allow.</summary>
    internal static DeviceAccess Access(string letters)
    {
        DeviceAccess access = DeviceAccess.None;
        foreach (char letter in letters)
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                _ => DeviceAccess.MakeNode,
            };
        }

        return access;
    }

    private static bool TryParse(string text, out uint? number)
    {
        number = null;
        if (text == "*")
        {
            return true;
        }

        bool parsed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value);
        number = value;
        return parsed;
    }
}
