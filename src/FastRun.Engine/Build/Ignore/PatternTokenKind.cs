namespace FastRun.Engine.Build.Ignore;

/// <summary>What a part of a <see cref="PathPattern"/> takes.</summary>
internal enum PatternTokenKind
{
    /// <summary>One character: itself.</summary>
    Literal,

    /// <summary><c>?</c>: one character that is no slash.</summary>
    Any,

    /// <summary><c>[...]</c>: one character of a set.</summary>
    Set,

    /// <summary><c>*</c>: any number of characters that are no slashes.</summary>
    Name,

    /// <summary><c>**</c> before more: the way into any number of directories, or none; takes nothing itself.</summary>
    Directories,

    /// <summary>Within these: everything, up to any slash.</summary>
    InDirectories,

    /// <summary><c>**</c> at the end: everything.</summary>
    Rest,
}
