using System;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Ignore;

/// <summary>Expected values: moby's patternmatcher, whose rules the reference of .dockerignore describes.</summary>
public sealed class IgnorePatternsTests
{
    [Theory]
    [InlineData("**", "file", true)]
    [InlineData("**/", "file", true)]
    [InlineData("**", "dir/file", true)]
    [InlineData("**/**", "dir/file", true)]
    [InlineData("dir/**", "dir/file", true)]
    [InlineData("dir/**", "dir/a/b", true)]
    [InlineData("dir/**", "dir", false)]
    [InlineData("dir/**", "direct", false)]
    [InlineData("**/dir", "dir", true)]
    [InlineData("**/dir", "a/dir", true)]
    [InlineData("**/dir", "a/dir/file", true)]
    [InlineData("**/dir", "a/xdir", false)]
    [InlineData("**/dir2/*", "dir/dir2/file", true)]
    [InlineData("**/dir2/*", "dir/dir2", false)]
    [InlineData("**/dir2/**", "dir/dir2/dir3/file", true)]
    [InlineData("**file", "file", true)]
    [InlineData("**file", "dir/xfile", true)]
    [InlineData("**/file*", "dir/dir/file.txt", true)]
    [InlineData("**/file*txt", "dir/dir/file.txt", true)]
    [InlineData("**/**/*.txt", "dir/dir/file.txt", true)]
    [InlineData("**/**/*.txt2", "dir/dir/file.txt", false)]
    [InlineData("**/*.txt", "file.txt", true)]
    [InlineData("a**/*.txt", "a/file.txt", true)]
    [InlineData("a**/*.txt", "a/dir/dir/file.txt", true)]
    [InlineData("a/*.txt", "a/dir/file.txt", false)]
    [InlineData("a/*.txt**", "a/file.txt", true)]
    [InlineData("a[b-d]e", "ae", false)]
    [InlineData("a[b-d]e", "ace", true)]
    [InlineData("a[^b-d]e", "aze", true)]
    [InlineData("a[^b-d]e", "ace", false)]
    [InlineData(".*", ".foo", true)]
    [InlineData(".*", "foo", false)]
    [InlineData("abc.def", "abcZdef", false)]
    [InlineData("abc?def", "abcZdef", true)]
    [InlineData("abc?def", "abcdef", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("a*b", "a/b", false)]
    [InlineData("a?b", "a☺b", true)]
    [InlineData("a?b", "a😀b", true)]
    [InlineData("a???b", "a☺b", false)]
    [InlineData("[a-ζ]*", "α", true)]
    [InlineData("*[a-ζ]", "A", false)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("a\\*b", "axb", false)]
    [InlineData("a\\\\", "a\\", true)]
    [InlineData("[\\]a]", "]", true)]
    [InlineData("[\\-x]", "-", true)]
    [InlineData("[\\-x]", "a", false)]
    [InlineData("a*b*c*d*e*/f", "axbxcxdxexxx/f", true)]
    [InlineData("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzx", true)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [InlineData("a.|)$(}+{bc", "a.|)$(}+{bc", true)]
    [InlineData("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true)]
    [InlineData("docs", "docs/README.md", true)]
    [InlineData("docs", "docsx", false)]
    [InlineData("docs/", "docs/README.md", true)]
    [InlineData("docs/.", "docs", true)]
    [InlineData("x/../docs", "docs", true)]
    [InlineData("/docs", "docs", true)]
    [InlineData("./docs", "docs", true)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", true)]
    [InlineData("*/b", "a/b", true)]
    [InlineData("*/b", "b", false)]
    [InlineData("docs|!docs/README.md", "docs/README.md", false)]
    [InlineData("docs|!docs/README.md", "docs/other", true)]
    [InlineData("!docs/README.md|docs", "docs/README.md", true)]
    [InlineData("**|!util/docker/web", "util/docker/web/foo", false)]
    [InlineData("**|!util/docker/web|util/docker/web/foo", "util/docker/web/foo", true)]
    [InlineData("*.md|!README*.md|README-secret.md", "README-secret.md", true)]
    [InlineData("*.md|!README*.md|README-secret.md", "README-x.md", false)]
    [InlineData("*.md|README-secret.md|!README*.md", "README-secret.md", false)]
    [InlineData("# x", "# x", false)]
    [InlineData(" # x", "# x", true)]
    [InlineData("  docs  ", "docs", true)]
    [InlineData("! docs|x", "x", true)]
    [InlineData("docs|! docs/a", "docs/a", false)]
    [InlineData("", "x", false)]
    public void IsExcluded_Patterns_MeanWhatMobySays(string patterns, string path, bool expected)
    {
        IgnorePatterns ignore = IgnorePatterns.ParseFile(
            Encoding.UTF8.GetBytes("\uFEFF" + patterns.Replace("a.|)$(}+{bc", "\0", StringComparison.Ordinal).Replace("|", "\r\n", StringComparison.Ordinal).Replace("\0", "a.|)$(}+{bc", StringComparison.Ordinal)), ".dockerignore");
        Assert.Equal(expected, ignore.IsExcluded(path));
        Assert.Equal(expected, Walked(ignore, path));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[^")]
    [InlineData("[^bc")]
    [InlineData("a[")]
    [InlineData("[]a]")]
    [InlineData("[-]")]
    [InlineData("[x-]")]
    [InlineData("[-x]")]
    [InlineData("[a-b-c]")]
    [InlineData("\\")]
    [InlineData("a\\\\[")]
    public void ParseFile_MalformedPattern_IsRefused(string pattern) => Assert.Equal(
        $".dockerignore: syntax error in pattern: {pattern}",
        Assert.Throws<EngineException>(() => IgnorePatterns.ParseFile(Encoding.UTF8.GetBytes(pattern), ".dockerignore")).Message);

    [Fact]
    public void ParseFile_LoneException_IsRefused() => Assert.Equal(
        "x: illegal exclusion pattern: \"!\"", Assert.Throws<EngineException>(() => IgnorePatterns.ParseFile("!\n"u8, "x")).Message);

    [Theory]
    [InlineData("*|!a/b/c", "a", true)]
    [InlineData("*|!a/b/c", "a/b", true)]
    [InlineData("*|!a/b/c", "x", false)]
    [InlineData("*|!a/b/c", "a/x", false)]
    [InlineData("*|!a/b/c", "a/b/c", false)]
    [InlineData("*|!**/x", "any/where", true)]
    [InlineData("*|!a*/x", "ab", true)]
    [InlineData("*|!a*/x", "b", false)]
    [InlineData("*|!a/**", "a", true)]
    [InlineData("*", "a", false)]
    public void MayReach_ExceptionsBelow_AreLookedFor(string patterns, string directory, bool expected) =>
        Assert.Equal(expected, IgnorePatterns.Create(patterns.Split('|'), "x").MayReach(directory));

    [Fact]
    public void IsExcluded_HostilePattern_TakesNoTime()
    {
        IgnorePatterns ignore = IgnorePatterns.Create(["x/" + string.Concat(Enumerable.Repeat("*a", 1000)) + "b", "y" + string.Concat(Enumerable.Repeat("**/", 100)) + "z"], "x");
        Assert.False(ignore.IsExcluded("x/" + new string('a', 4000)));
        Assert.False(ignore.IsExcluded("y" + string.Concat(Enumerable.Repeat("/a", 200))));
    }

    /// <summary>The same question as a walk asks it.</summary>
    private static bool Walked(IgnorePatterns ignore, string path)
    {
        bool[] above = [];
        bool excluded = false;
        for (int end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            bool[] matches = new bool[ignore.Count];
            excluded = ignore.IsExcluded(end < 0 ? path : path.AsSpan(0, end), above, matches);
            above = matches;
            if (end < 0)
            {
                return excluded;
            }
        }
    }
}
