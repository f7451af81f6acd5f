using System;
using System.Collections.Generic;

namespace FastRun.Cli.Output.Templates;

/// <summary>Parses the text, actions and blocks of a template.</summary>
internal sealed class TemplateParser(string template)
{
    private const int DeepestNesting = 100;

    private int _position;
    private bool _trimNext;
    private int _depth;

    internal Node Parse()
    {
        Node body = ParseBlock(out ExpressionParser? terminator);
        return terminator is null ? body : throw Error(terminator.Start, $"unexpected {{{{{terminator.Keyword}}}}}");
    }

    /// <summary>Parses up to an <c>end</c> or <c>else</c> that belongs to the block around, or to the end.</summary>
    private BlockNode ParseBlock(out ExpressionParser? terminator)
    {
        var nodes = new List<Node>();
        while (true)
        {
            ExpressionParser? action = NextAction(nodes);
            if (action is null || action.Keyword is "end" or "else")
            {
                terminator = action;
                return new BlockNode(nodes);
            }

            nodes.Add(action.Keyword switch
            {
                "if" => ParseConditional(action, movesDot: false),
                "with" => ParseConditional(action, movesDot: true),
                "range" => ParseRange(action),
                "define" or "template" or "block" or "break" or "continue" =>
                    throw Error(action.Start, $"{{{{{action.Keyword}}}}} is not supported"),
                _ => new PrintNode(action.ParseWhole()),
            });
        }
    }

    /// <summary>Adds the text before the next action to the nodes and reads the action; null at the end.</summary>
    private ExpressionParser? NextAction(List<Node> nodes)
    {
        while (true)
        {
            int open = template.IndexOf("{{", _position, StringComparison.Ordinal);
            string text = open < 0 ? template[_position..] : template[_position..open];
            bool trimsBefore = open >= 0 && open + 3 < template.Length && template[open + 2] == '-' && char.IsWhiteSpace(template[open + 3]);
            text = _trimNext ? text.TrimStart() : text;
            text = trimsBefore ? text.TrimEnd() : text;
            if (text.Length > 0)
            {
                nodes.Add(new TextNode(text));
            }

            if (open < 0)
            {
                _position = template.Length;
                return null;
            }

            int inside = open + (trimsBefore ? 3 : 2);
            if (!SkipComment(inside))
            {
                List<Token> tokens = new ActionLexer(template, inside).Read(out _position, out _trimNext);
                return new ExpressionParser(template, tokens);
            }
        }
    }

    private bool SkipComment(int position)
    {
        while (position < template.Length && char.IsWhiteSpace(template[position]))
        {
            position++;
        }

        if (string.CompareOrdinal(template, position, "/*", 0, 2) != 0)
        {
            return false;
        }

        int end = template.IndexOf("*/", position + 2, StringComparison.Ordinal);
        string rest = end < 0 ? throw Error(position, "unclosed comment") : template[(end + 2)..];
        _trimNext = rest.StartsWith(" -}}", StringComparison.Ordinal);
        if (!_trimNext && !rest.StartsWith("}}", StringComparison.Ordinal))
        {
            throw Error(position, "comment ends before closing delimiter");
        }

        _position = end + 2 + (_trimNext ? 4 : 2);
        return true;
    }

    private ConditionalNode ParseConditional(ExpressionParser action, bool movesDot)
    {
        action.SkipKeyword();
        Expression condition = action.ParseWhole();
        (Node body, Node? otherwise) = ParseBranches(action);
        return new ConditionalNode(condition, movesDot, body, otherwise);
    }

    private RangeNode ParseRange(ExpressionParser action)
    {
        action.SkipKeyword();
        (string? key, string? item) = action.ParseRangeVariables();
        Expression list = action.ParseWhole();
        (Node body, Node? otherwise) = ParseBranches(action);
        return new RangeNode(list, key, item, body, otherwise);
    }

    private (Node Body, Node? Otherwise) ParseBranches(ExpressionParser action)
    {
        if (++_depth > DeepestNesting)
        {
            throw Error(action.Start, "blocks are nested too deeply");
        }

        BlockNode body = ParseBlock(out ExpressionParser? terminator);
        Node? otherwise = null;
        if (terminator is { Keyword: "else" })
        {
            terminator.SkipKeyword();
            if (terminator.Keyword is "if" or "with")
            {
                // "else if" shares the end of the block that it belongs to.
                otherwise = ParseConditional(terminator, terminator.Keyword == "with");
                _depth--;
                return (body, otherwise);
            }

            terminator.RequireEnd();
            otherwise = ParseBlock(out terminator);
        }

        _depth--;
        if (terminator is not { Keyword: "end" })
        {
            throw Error(template.Length, terminator is null ? "unexpected EOF" : "expected end; found {{else}}");
        }

        terminator.SkipKeyword();
        terminator.RequireEnd();
        return (body, otherwise);
    }

    private TemplateException Error(int position, string message) => new(Where.ParseError(template, position, message));
}
