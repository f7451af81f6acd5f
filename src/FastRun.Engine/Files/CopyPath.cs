using System;

namespace FastRun.Engine.Files;

/// <summary>A path as <c>cp</c> takes it: what it ends with counts.</summary>
/// <param name="Path">Absolute and clean, without what it ended with.</param>
/// <param name="IsDirectory">It ended with a slash, or with <c>/.</c>: it means a directory.</param>
/// <param name="IsContent">It ended with <c>/.</c>, or is the root: it means what is in the directory.</param>
internal readonly record struct CopyPath(string Path, bool IsDirectory, bool IsContent)
{
    /// <summary>The last component; a dot for a directory's content.</summary>
    internal string Name => IsContent ? "." : System.IO.Path.GetFileName(Path);

    /// <summary>What Docker calls the name of a copy: the last component, whatever it ended with.</summary>
    internal string Base => System.IO.Path.GetFileName(Path);

    /// <summary>The directory it lies in.</summary>
    internal string Parent => System.IO.Path.GetDirectoryName(Path) ?? "/";

    /// <summary>The path with what it ended with.</summary>
    internal string Spelling => IsContent && Path != "/" ? Path + "/." : IsDirectory && Path != "/" ? Path + "/" : Path;

    /// <summary>Reads a path of a container: without a slash it starts at the root.</summary>
    internal static CopyPath InContainer(string text) => Parse(System.IO.Path.GetFullPath("/" + text), text);

    /// <summary>Reads a path of the host: without a slash it starts at the working directory.</summary>
    internal static CopyPath OnHost(string text) => Parse(System.IO.Path.GetFullPath(text), text);

    private static CopyPath Parse(string full, string text)
    {
        string clean = full.Length > 1 ? full.TrimEnd('/') : full;
        bool content = clean == "/" || text == "." || text.EndsWith("/.", StringComparison.Ordinal);
        return new CopyPath(clean, content || text.EndsWith('/'), content);
    }
}
