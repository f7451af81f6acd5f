using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Reports;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Batches;

/// <summary>
/// What the commands of a batch came to, in the form that CI systems read (the XML of Ant's JUnit task): a test case for each. Of what a command
/// wrote, the end.
/// </summary>
internal sealed class JUnitReport
{
    private const int MostOutput = 64 << 10;

    private readonly ResultFile _file;
    private readonly string _image;
    private readonly string _started = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
    private readonly StringBuilder _cases = new();
    private int _count;
    private int _failures;
    private int _errors;

    private JUnitReport(ResultFile file, string image) => (_file, _image) = (file, image);

    /// <summary>Looks whether it can be written later; null where nobody asked for one.</summary>
    /// <exception cref="Errors.EngineException">It cannot.</exception>
    internal static JUnitReport? Begin(BatchRequest request) => request.JUnitFile is null ? null
        : new JUnitReport(ResultFile.Check("JUnit report", request.JUnitFile), request.Sandbox.Image);

    /// <summary>Adds a command.</summary>
    internal void Add(BatchResult result)
    {
        _count++;
        _cases.Append(CultureInfo.InvariantCulture, $"    <testcase classname=\"{Text(_image)}\" name=\"{Text(result.Text)}\" time=\"{Seconds(result.Wall)}\">\n");
        if (!result.Succeeded)
        {
            // 125 is the engine's own: there was no command that could have failed.
            bool isError = result.ExitCode == 125;
            _errors += isError ? 1 : 0;
            _failures += isError ? 0 : 1;
            string element = isError ? "error" : "failure";
            _cases.Append(CultureInfo.InvariantCulture, $"      <{element} message=\"exit code {result.ExitCode}\"/>\n");
        }

        Append("system-out", result.Output);
        if (result.Errors is not null)
        {
            Append("system-err", result.Errors);
        }

        _cases.Append("    </testcase>\n");
    }

    /// <summary>Writes it.</summary>
    /// <param name="skipped">How many were not started.</param>
    /// <param name="wall">How long all of it took.</param>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Write(int skipped, TimeSpan wall)
    {
        string totals = string.Create(
            CultureInfo.InvariantCulture, $"tests=\"{_count}\" failures=\"{_failures}\" errors=\"{_errors}\" skipped=\"{skipped}\" time=\"{Seconds(wall)}\"");
        string document = $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites {totals}>
              <testsuite name="{Text(_image)}" {totals} timestamp="{_started}">
            {_cases}  </testsuite>
            </testsuites>

            """;
        return _file.Replace(Encoding.UTF8.GetBytes(document));
    }

    private void Append(string element, Fd file)
    {
        long size = FileAt.Stat(file).Size;
        if (size == 0)
        {
            return;
        }

        byte[] tail = new byte[Math.Min(size, MostOutput)];
        int count = 0;
        int read;
        while (count < tail.Length && (read = FileContent.ReadAt(file, tail.AsSpan(count), size - tail.Length + count)) > 0)
        {
            count += read;
        }

        _cases.Append(CultureInfo.InvariantCulture, $"      <{element}>{Text(Encoding.UTF8.GetString(tail, 0, count))}</{element}>\n");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>Text as XML can have it, in an element or (a line has no tab that would matter) an attribute: what is no character there (XML 1.0, section 2.2) becomes U+FFFD.</summary>
    private static string Text(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '"': escaped.Append("&quot;"); break;
                case '\t' or '\n': escaped.Append(rune); break;
                case '\r': escaped.Append("&#13;"); break;
                case < 0x20 or 0xFFFE or 0xFFFF: escaped.Append('\uFFFD'); break;
                default: escaped.Append(rune); break;
            }
        }

        return escaped.ToString();
    }
}
