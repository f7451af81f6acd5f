namespace FastRun.Cli.Output.Templates;

/// <summary>What a token of an action is.</summary>
internal enum TokenKind
{
    /// <summary>The end of the action.</summary>
    End,

    /// <summary>A word: a keyword, a function, true, false or nil.</summary>
    Word,

    /// <summary><c>.Name</c>, without the dot; a dot alone has no text.</summary>
    Field,

    /// <summary><c>$name</c>, without the dollar sign.</summary>
    Variable,

    /// <summary>A string, unquoted.</summary>
    Text,

    /// <summary>A number as it is written.</summary>
    Number,

    /// <summary>One of <c>| ( ) , = :=</c>.</summary>
    Sign,
}
