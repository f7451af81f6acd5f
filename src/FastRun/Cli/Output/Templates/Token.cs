namespace FastRun.Cli.Output.Templates;

/// <summary>One token of an action.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, without marks and quotes.</param>
/// <param name="Position">Where it starts in the template.</param>
/// <param name="Spaced">Whether a space stands before it: <c>.A.B</c> is a chain, <c>.A .B</c> are two arguments.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position, bool Spaced)
{
    internal bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;
}
