using System;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>The verbs of Go's Printf that templates use: <c>%v %s %d %q %x %t %f %%</c>, with width, <c>-</c>, <c>0</c> and precision.</summary>
internal static class PrintfFormat
{
    private const int LargestWidth = 1024;

    internal static string Format(ReadOnlySpan<JsonNode?> arguments)
    {
        if (arguments.Length == 0 || TemplateValue.AsText(arguments[0]) is not { } format)
        {
            throw new TemplateException("printf needs a format string");
        }

        var text = new StringBuilder();
        int next = 1;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            int start = ++i;
            while (i < format.Length && (char.IsAsciiDigit(format[i]) || format[i] is '-' or '.' or '+' or '#' or ' '))
            {
                i++;
            }

            if (i >= format.Length)
            {
                text.Append("%!(NOVERB)");
            }
            else if (format[i] == '%')
            {
                text.Append('%');
            }
            else if (next >= arguments.Length)
            {
                text.Append("%!").Append(format[i]).Append("(MISSING)");
            }
            else
            {
                text.Append(Verb(format[i], format.AsSpan(start, i - start), arguments[next++]));
            }
        }

        return text.ToString();
    }

    private static string Verb(char verb, ReadOnlySpan<char> flags, JsonNode? value)
    {
        bool left = flags.Contains('-');
        bool zeros = flags.TrimStart("-+# ") is ['0', ..];
        ReadOnlySpan<char> widthText = flags.TrimStart("-+# 0");
        int dot = widthText.IndexOf('.');
        int precision = dot < 0 ? -1 : Parse(widthText[(dot + 1)..]);
        int width = Parse(dot < 0 ? widthText : widthText[..dot]);
        decimal? number = TemplateValue.AsNumber(value);
        string text = (verb, number) switch
        {
            ('v', _) => value is null ? "<nil>" : TemplateValue.Print(value),
            ('s', null) => Cut(value is null ? "%!s(<nil>)" : TemplateValue.Print(value), precision),
            ('q', null) => TemplateValue.ToJson(TemplateValue.Print(value)),
            ('t', null) => TemplateValue.Print(value),
            ('d', not null) => TemplateValue.Print(value),
            ('f', not null) => number.Value.ToString(
                "F" + (precision < 0 ? 6 : precision).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            ('x', not null) => ((long)number).ToString("x", CultureInfo.InvariantCulture),
            ('x', null) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(TemplateValue.Print(value))),
            _ => $"%!{verb}({TemplateValue.TypeName(value)}={TemplateValue.Print(value)})",
        };
        return left ? text.PadRight(width) : text.PadLeft(width, zeros && number is not null ? '0' : ' ');
    }

    private static string Cut(string text, int precision) => precision < 0 || precision > text.Length ? text : text[..precision];

    private static int Parse(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? Math.Min(value, LargestWidth) : 0;
}
