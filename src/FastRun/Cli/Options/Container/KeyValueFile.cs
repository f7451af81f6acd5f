using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Options.Container;

/// <summary>
/// The files of <c>--env-file</c> and <c>--label-file</c>: one <c>NAME=value</c> a line, taken literally (no quotes, no
/// expansion); lines that begin with <c>#</c> are comments.
/// </summary>
internal static class KeyValueFile
{
    private const int LongestFile = 1 << 20;

    /// <summary>Adds the variables of a file; a name alone takes the caller's value and is left out if there is none.</summary>
    internal static void ReadVariables(string path, List<string> variables)
    {
        ForEachLine(path, "environment variable", "variable", line =>
        {
            string resolved = ProcessOptions.Resolve(line);
            if (resolved.Contains('=', StringComparison.Ordinal))
            {
                variables.Add(resolved);
            }
        });
    }

    /// <summary>Sets the labels of a file; a name alone has an empty value.</summary>
    internal static void ReadLabels(string path, Action<string> add) => ForEachLine(path, "label", "label", add);

    private static void ForEachLine(string path, string kind, string noun, Action<string> add)
    {
        int number = 0;
        foreach (string raw in Read(path).Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r').TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? line : line[..equals];
            if (name.Length == 0)
            {
                throw Invalid(path, number, kind, $"no {noun} name on line '{line}'");
            }

            if (name.AsSpan().ContainsAny(' ', '\t'))
            {
                throw Invalid(path, number, kind, $"{noun} '{name}' contains whitespaces");
            }

            add(line);
        }
    }

    private static string Read(string path)
    {
        byte[] bytes;
        try
        {
            using Fd file = FileAt.Open(null, path, OpenFlags.Read);
            bytes = FileContent.ReadAll(file, LongestFile);
        }
        catch (SyscallException e)
        {
            throw new EngineException(
                e.Errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument,
                $"open {path}: {e.Errno.Describe()}",
                e);
        }

        ReadOnlySpan<byte> text = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{path}: it is not UTF-8 text", e);
        }
    }

    private static EngineException Invalid(string path, int line, string kind, string why) =>
        EngineException.Invalid(string.Create(CultureInfo.InvariantCulture, $"invalid {kind} file: {path}: line {line}: {why}"));
}
