using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output.Templates;

namespace FastRun.Cli.Output;

/// <summary>What <c>--format</c> means for lists: <c>table</c>, <c>table TEMPLATE</c>, <c>json</c>, or a template for each line.</summary>
internal static class ListFormat
{
    private const string TableWord = "table";

    /// <summary>Prints items.</summary>
    /// <param name="format">The flag's value; empty for a table of the default columns.</param>
    /// <param name="defaultColumns">The template of the default table.</param>
    /// <param name="headers">The table's headers by field.</param>
    /// <param name="items">The items, each with the same fields.</param>
    /// <param name="output">Where they are printed.</param>
    /// <exception cref="UsageException">The format is not a template, or names a field that there is not.</exception>
    internal static void Print(
        string format, string defaultColumns, JsonObject headers, IEnumerable<JsonObject> items, OutputWriter output)
    {
        if (format == "json")
        {
            foreach (JsonObject item in items)
            {
                output.WriteLine(TemplateValue.ToJson(item));
            }

            return;
        }

        try
        {
            if (format is "" or TableWord)
            {
                output.Write(Table(defaultColumns, headers, items));
            }
            else if (format.StartsWith(TableWord, StringComparison.Ordinal) && char.IsWhiteSpace(format[TableWord.Length]))
            {
                output.Write(Table(format[TableWord.Length..].Trim(' '), headers, items));
            }
            else
            {
                Template template = Template.Parse(Unescape(format));
                foreach (JsonObject item in items)
                {
                    output.WriteLine(template.Execute(item));
                }
            }
        }
        catch (TemplateException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Items as a table.</summary>
    internal static string Table(string columns, JsonObject headers, IEnumerable<JsonObject> items) =>
        TextTable.Format(Rows(columns, headers, items));

    /// <summary>In these templates <c>\t</c> and <c>\n</c> mean tab and newline, for shells do not make them.</summary>
    internal static string Unescape(string format) =>
        format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    private static List<string[]> Rows(string columns, JsonObject headers, IEnumerable<JsonObject> items)
    {
        Template template = Template.Parse(Unescape(columns));
        var rows = new List<string[]> { template.Execute(headers).Split('\t') };
        foreach (JsonObject item in items)
        {
            string[] row = template.Execute(item).Split('\t');
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = TerminalText.Escape(row[i]);
            }

            rows.Add(row);
        }

        return rows;
    }
}
