using System.IO;

namespace FastRun.Page;

/// <summary>The files of the page, which are in the binary.</summary>
internal static class PageFiles
{
    /// <summary>The file that a path names; null for none.</summary>
    internal static (string Type, byte[] Content)? Find(string path) => path switch
    {
        "/" => ("text/html; charset=utf-8", Read("page.html")),
        "/page.css" => ("text/css; charset=utf-8", Read("page.css")),
        "/page.js" => ("text/javascript; charset=utf-8", Read("page.js")),
        "/format.js" => ("text/javascript; charset=utf-8", Read("format.js")),
        "/detail.js" => ("text/javascript; charset=utf-8", Read("detail.js")),
        "/icon.svg" => ("image/svg+xml", Read("icon.svg")),
        _ => null,
    };

    private static byte[] Read(string name)
    {
        using Stream file = typeof(PageFiles).Assembly.GetManifestResourceStream("page/" + name)!;
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
