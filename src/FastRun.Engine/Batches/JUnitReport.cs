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
/// wrote, the end. Cases go to a file without a name as they come, so a long batch takes no more memory than a short one.
/// </summary>
internal sealed class JUnitReport : IDisposable
{
    private const int MostOutput = 64 << 10;

    private readonly ResultFile _file;
    private readonly string _image;
    private readonly string _started = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
    private readonly Fd _cases;
    private int _count;
    private int _failures;
    private int _errors;

    private JUnitReport(ResultFile file, string image, Fd cases) => (_file, _image, _cases) = (file, image, cases);

    /// <summary>Looks whether it can be written later; null where nobody asked for one.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="files">Makes files without a name.</param>
    /// <exception cref="Errors.EngineException">It cannot.</exception>
    internal static JUnitReport? Begin(BatchRequest request, BatchFiles files) => request.JUnitFile is null ? null
        : new JUnitReport(ResultFile.Check("JUnit report", request.JUnitFile), request.Sandbox.Image, files.Make());

    /// <summary>Adds a command.</summary>
    /// <exception cref="SyscallException">The disk is full.</exception>
    internal void Add(BatchResult result)
    {
        StringBuilder text = new();
        _count++;
        text.Append(CultureInfo.InvariantCulture, $"    <testcase classname=\"{Text(_image)}\" name=\"{Text(result.Text)}\" time=\"{Seconds(result.Wall)}\">\n");
        if (!result.Succeeded)
        {
            // 125 is the engine's own: there was no command that could have failed.
            bool isError = result.ExitCode == 125;
            _errors += isError ? 1 : 0;
            _failures += isError ? 0 : 1;
            string element = isError ? "error" : "failure";
            text.Append(CultureInfo.InvariantCulture, $"      <{element} message=\"exit code {result.ExitCode}\"/>\n");
        }

        Append(text, "system-out", result.Output);
        if (result.Errors is not null)
        {
            Append(text, "system-err", result.Errors);
        }

        text.Append("    </testcase>\n");
        FileContent.Write(_cases, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Writes it.</summary>
    /// <param name="skipped">How many were not started.</param>
    /// <param name="wall">How long all of it took.</param>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Write(int skipped, TimeSpan wall)
    {
        string totals = string.Create(
            CultureInfo.InvariantCulture, $"tests=\"{_count}\" failures=\"{_failures}\" errors=\"{_errors}\" skipped=\"{skipped}\" time=\"{Seconds(wall)}\"");
        string head = $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites {totals}>
              <testsuite name="{Text(_image)}" {totals} timestamp="{_started}">

            """;
        return _file.Replace(file =>
        {
            FileContent.Write(file, Encoding.UTF8.GetBytes(head));
            CopyCases(file);
            FileContent.Write(file, "  </testsuite>\n</testsuites>\n"u8);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _cases.Dispose();

    private void CopyCases(Fd file)
    {
        byte[] block = new byte[MostOutput];
        int read;
        for (long at = 0; (read = FileContent.ReadAt(_cases, block, at)) > 0; at += read)
        {
            FileContent.Write(file, block.AsSpan(0, read));
        }
    }

    private static void Append(StringBuilder text, string element, Fd file)
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

        text.Append(CultureInfo.InvariantCulture, $"      <{element}>{Text(Encoding.UTF8.GetString(tail, 0, count))}</{element}>\n");
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
