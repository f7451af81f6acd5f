using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>Parses Dockerfiles as BuildKit does (Dockerfile reference). Time and memory are proportional to the text.</summary>
internal sealed class DockerfileParser
{
    private readonly DockerfileLines _lines;
    private readonly DirectiveReader _directives = new();
    private readonly List<LineRange> _emptyContinuations = [];

    private DockerfileParser(string text) => _lines = new DockerfileLines(text);

    /// <summary>Parses a Dockerfile.</summary>
    /// <exception cref="DockerfileException">It is wrong.</exception>
    internal static DockerfileDocument Parse(ReadOnlySpan<byte> text) => text.Length <= DockerfileLimits.Bytes
        ? Parse(Encoding.UTF8.GetString(text))
        : throw new DockerfileException(LineRange.None, $"the Dockerfile is larger than {DockerfileLimits.Bytes} bytes");

    /// <summary>Parses a Dockerfile.</summary>
    /// <exception cref="DockerfileException">It is wrong.</exception>
    internal static DockerfileDocument Parse(string text)
    {
        DockerfileParser parser = new(text);
        List<ArgInstruction> global = [];
        List<BuildStage> stages = [];
        List<Instruction> current = [];
        int count = 0;
        while (parser.Next() is { } instruction)
        {
            if (++count > DockerfileLimits.Instructions)
            {
                throw new DockerfileException(instruction.Lines, $"a Dockerfile can have {DockerfileLimits.Instructions} instructions at most");
            }

            switch (instruction)
            {
                case FromInstruction from when stages.Count == DockerfileLimits.Stages:
                    throw new DockerfileException(from.Lines, $"a Dockerfile can have {DockerfileLimits.Stages} stages at most");
                case FromInstruction from:
                    current = [];
                    stages.Add(new BuildStage(stages.Count, from, current));
                    break;
                case ArgInstruction arg when stages.Count == 0:
                    global.Add(arg);
                    break;
                case var _ when stages.Count == 0:
                    throw new DockerfileException(instruction.Lines, "no build stage in current context");
                default:
                    current.Add(instruction);
                    break;
            }
        }

        return new DockerfileDocument
        {
            Lines = parser._lines.Seen,
            Directives = parser._directives.All,
            Escape = parser._directives.Escape,
            GlobalArguments = global,
            Stages = stages.Count > 0
                ? stages
                : throw new DockerfileException(LineRange.None, text.Length == 0 ? "the Dockerfile cannot be empty" : count == 0 ? "file with no instructions" : "dockerfile contains no stages to build"),
            EmptyContinuations = parser._emptyContinuations,
        };
    }

    /// <summary>Parses a single instruction: a trigger of ONBUILD that an image keeps, with its here-documents.</summary>
    /// <param name="text">The instruction.</param>
    /// <returns>The instruction; its lines are those of the text.</returns>
    /// <exception cref="DockerfileException">It is wrong, or not exactly one, or FROM, MAINTAINER or ONBUILD.</exception>
    internal static Instruction ParseTrigger(string text)
    {
        IReadOnlyList<Instruction> instructions = ParseInstructions(text);
        Instruction instruction = instructions.Count == 1
            ? instructions[0]
            : throw new DockerfileException(LineRange.None, "an ONBUILD trigger is not a single instruction");
        return instruction is FromInstruction or MaintainerInstruction or OnBuildInstruction
            ? throw new DockerfileException(LineRange.None, $"{instruction.Keyword} isn't allowed as an ONBUILD trigger")
            : instruction;
    }

    /// <summary>Parses instructions that are no Dockerfile: there are no directives and no stages.</summary>
    /// <exception cref="DockerfileException">One is wrong.</exception>
    internal static IReadOnlyList<Instruction> ParseInstructions(string text)
    {
        DockerfileParser parser = new(text);
        parser._directives.End();
        List<Instruction> instructions = [];
        while (parser.Next() is { } instruction)
        {
            instructions.Add(instruction);
        }

        return instructions;
    }

    /// <summary>The next instruction; null at the end.</summary>
    private Instruction? Next()
    {
        List<string> comments = [];
        while (_lines.Read())
        {
            string line = _lines.Line.TrimStart();
            _directives.Read(line, _lines.Number);
            if (line.StartsWith('#'))
            {
                // An empty one parts what is before it from the instruction; an empty line does not, as in BuildKit.
                if (line[1..].Trim() is { Length: > 0 } comment)
                {
                    comments.Add(comment);
                }
                else
                {
                    comments.Clear();
                }
            }
            else if (line.Length > 0)
            {
                int first = _lines.Number;
                string logical = Logical(line);
                if (logical.AsSpan().Trim().Length > 0)
                {
                    return Instruction(logical, first, comments);
                }
            }
        }

        return null;
    }

    /// <summary>A line with those that continue it.</summary>
    private string Logical(string line)
    {
        bool empty = false;
        StringBuilder text = new();
        bool continued = DockerfileLines.TryContinued(line, _directives.Escape, text);
        while (continued && _lines.Read())
        {
            if (DockerfileLines.IsComment(_lines.Line))
            {
                continue;
            }

            if (_lines.Line.AsSpan().Trim().IsEmpty)
            {
                empty = true;
                continue;
            }

            continued = DockerfileLines.TryContinued(_lines.Line, _directives.Escape, text);
        }

        if (empty)
        {
            _emptyContinuations.Add(new LineRange(_lines.Number, _lines.Number));
        }

        return text.ToString();
    }

    private Instruction Instruction(string logical, int first, IReadOnlyList<string> comments)
    {
        string text = logical.Trim();
        int end = text.AsSpan().IndexOfAny(" \t\v\f\r");
        string rest = end < 0 ? "" : text[end..].Trim();
        InstructionSource source = new(
            end < 0 ? text : text[..end], new LineRange(first, _lines.Number), text, rest, [], comments);
        try
        {
            if (InstructionReader.HasHeredocs(source))
            {
                IReadOnlyList<Heredoc> heredocs = Heredocs(text);
                source = source with { Heredocs = heredocs, Lines = new LineRange(first, _lines.Number) };
            }

            return InstructionReader.Read(source, _directives.Escape);
        }
        catch (DockerfileException e)
        {
            throw new DockerfileException(e.Lines.IsNone ? new LineRange(first, _lines.Number) : e.Lines, e.Message) { IsSyntax = !e.IsPlain };
        }
    }

    private List<Heredoc> Heredocs(string text)
    {
        List<Heredoc> heredocs = [];
        foreach (Heredoc heredoc in HeredocSyntax.Find(text))
        {
            StringBuilder content = new();
            while (true)
            {
                if (!_lines.Read())
                {
                    throw new DockerfileException(LineRange.None, "unterminated heredoc") { IsPlain = true };
                }

                if ((heredoc.StripTabs ? _lines.Line.TrimStart('\t') : _lines.Line) == heredoc.Name)
                {
                    break;
                }

                content.Append(_lines.WithEnd);
            }

            heredocs.Add(heredoc with { Content = content.ToString() });
        }

        return heredocs;
    }
}
