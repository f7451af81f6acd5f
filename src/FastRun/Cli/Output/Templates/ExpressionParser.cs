using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>Parses the tokens of one action.</summary>
internal sealed class ExpressionParser(string template, List<Token> tokens)
{
    private const int DeepestNesting = 100;

    private int _next;
    private int _depth;

    internal int Start => tokens[0].Position;

    /// <summary>The word that the rest starts with; empty if it starts with anything else.</summary>
    internal string Keyword => Peek.Kind == TokenKind.Word ? Peek.Text : "";

    private Token Peek => tokens[_next];

    internal void SkipKeyword() => _next++;

    internal void RequireEnd()
    {
        if (Peek.Kind != TokenKind.End)
        {
            throw Unexpected("end");
        }
    }

    /// <summary><c>$item :=</c> or <c>$key, $item :=</c> before the list of a range.</summary>
    internal (string? Key, string? Item) ParseRangeVariables()
    {
        if (Peek.Kind != TokenKind.Variable)
        {
            return (null, null);
        }

        if (tokens[_next + 1].Is(":="))
        {
            string item = Peek.Text;
            _next += 2;
            return (null, item);
        }

        if (tokens[_next + 1].Is(",") && tokens[_next + 2].Kind == TokenKind.Variable && tokens[_next + 3].Is(":="))
        {
            (string key, string item) = (Peek.Text, tokens[_next + 2].Text);
            _next += 4;
            return (key, item);
        }

        return (null, null);
    }

    /// <summary>Parses a pipeline that is all that is left.</summary>
    internal Expression ParseWhole()
    {
        Expression value;
        if (Peek.Kind == TokenKind.Variable && (tokens[_next + 1].Is(":=") || tokens[_next + 1].Is("=")))
        {
            (Token name, bool declares) = (Peek, tokens[_next + 1].Is(":="));
            _next += 2;
            value = new AssignExpression(name.Position, name.Text, declares, ParsePipeline());
        }
        else
        {
            value = ParsePipeline();
        }

        RequireEnd();
        return value;
    }

    private Expression ParsePipeline()
    {
        if (++_depth > DeepestNesting)
        {
            throw Error("parentheses are nested too deeply");
        }

        Expression value = ParseCommand(null);
        while (Peek.Is("|"))
        {
            _next++;
            value = ParseCommand(value);
        }

        _depth--;
        return value;
    }

    /// <summary>A function with arguments, or one operand; the value before a bar becomes the last argument.</summary>
    private Expression ParseCommand(Expression? piped)
    {
        if (Peek.Kind == TokenKind.End)
        {
            throw Error("missing value for command");
        }

        if (Peek is { Kind: TokenKind.Word, Text: not ("true" or "false" or "nil") })
        {
            return ParseCall(piped);
        }

        Expression operand = ParseOperand();
        if (piped is not null)
        {
            throw Error("non executable command in pipeline");
        }

        return AtEndOfCommand ? operand
            : operand is FieldExpression { IsMethod: true } ? new CallExpression(operand.Position, Functions.Label, [operand, ParseOperand()])
            : throw Error("can't give argument to non-function");
    }

    private bool AtEndOfCommand => Peek.Kind == TokenKind.End || Peek.Is("|") || Peek.Is(")");

    private CallExpression ParseCall(Expression? piped)
    {
        Token name = tokens[_next++];
        if (!Functions.IsKnown(name.Text))
        {
            throw Error($"function \"{name.Text}\" not defined");
        }

        var arguments = new List<Expression>();
        while (!AtEndOfCommand)
        {
            arguments.Add(Peek.Kind == TokenKind.Word && Functions.IsKnown(Peek.Text)
                ? new CallExpression(Peek.Position, tokens[_next++].Text, [])
                : ParseOperand());
        }

        if (piped is not null)
        {
            arguments.Add(piped);
        }

        return new CallExpression(name.Position, name.Text, arguments);
    }

    private Expression ParseOperand()
    {
        Token token = tokens[_next++];
        Expression operand = token.Kind switch
        {
            TokenKind.Text => new LiteralExpression(token.Position, JsonValue.Create(token.Text)),
            TokenKind.Number => new LiteralExpression(token.Position, ParseNumber(token)),
            TokenKind.Word when token.Text is "true" or "false" =>
                new LiteralExpression(token.Position, JsonValue.Create(token.Text == "true")),
            TokenKind.Word when token.Text == "nil" => new LiteralExpression(token.Position, null),
            TokenKind.Variable => new VariableExpression(token.Position, token.Text),
            TokenKind.Field when token.Text.Length == 0 => new VariableExpression(token.Position, null),
            TokenKind.Field => new FieldExpression(
                token.Position, new VariableExpression(token.Position, null), token.Text, "." + token.Text),
            TokenKind.Sign when token.Text == "(" => ParseParentheses(),
            _ => throw Unexpected("operand", token),
        };
        string source = template[token.Position..tokens[_next].Position].TrimEnd();
        while (Peek is { Kind: TokenKind.Field, Spaced: false, Text.Length: > 0 })
        {
            Token field = tokens[_next++];
            source += "." + field.Text;
            operand = new FieldExpression(token.Position, operand, field.Text, source);
        }

        return operand;
    }

    private Expression ParseParentheses()
    {
        Expression value = ParsePipeline();
        if (!Peek.Is(")"))
        {
            throw Error("unclosed left paren");
        }

        _next++;
        return value;
    }

    private JsonValue ParseNumber(Token token)
    {
        if (long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
        {
            return JsonValue.Create(integer);
        }

        return decimal.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? JsonValue.Create(number)
            : throw Error($"bad number syntax: \"{token.Text}\"");
    }

    private TemplateException Unexpected(string where) => Unexpected(where, Peek);

    private TemplateException Unexpected(string where, Token token) => Error(
        token.Kind == TokenKind.End ? $"unexpected end of action in {where}" : $"unexpected \"{token.Text}\" in {where}");

    private TemplateException Error(string message) => new(Where.ParseError(template, Peek.Position, message));
}
