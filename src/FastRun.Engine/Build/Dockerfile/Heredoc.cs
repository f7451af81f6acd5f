namespace FastRun.Engine.Build.Dockerfile;

/// <summary>A here-document of RUN, COPY or ADD (Dockerfile reference, "Here-Documents").</summary>
/// <param name="Name">The delimiter without its quotes: in COPY and ADD the file's name.</param>
/// <param name="Content">The lines before the delimiter as written, with their ends.</param>
/// <param name="StripTabs">Whether it is <c>&lt;&lt;-</c>: tabs at the beginnings of lines do not count.</param>
/// <param name="Expand">Whether the delimiter is not quoted: in COPY and ADD variables are then expanded, without taking quotes off (<see cref="Expansion.Content"/>).</param>
internal sealed record Heredoc(string Name, string Content, bool StripTabs, bool Expand)
{
    /// <summary>The content, without the tabs that do not count.</summary>
    internal string Text => StripTabs ? WithoutTabs(Content) : Content;

    private static string WithoutTabs(string content)
    {
        string[] lines = content.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].TrimStart('\t');
        }

        return string.Join('\n', lines);
    }
}
