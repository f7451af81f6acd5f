namespace FastRun.Engine.Containers;

/// <summary>Names of containers and volumes: <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>, so a name is safe in a path.</summary>
public static class Names
{
    private const int LongestFileName = 255;

    /// <summary>Whether the text is a name.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length is < 2 or > LongestFileName || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
