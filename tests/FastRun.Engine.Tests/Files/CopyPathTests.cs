using FastRun.Engine.Files;

namespace FastRun.Engine.Tests.Files;

public sealed class CopyPathTests
{
    [Theory]
    [InlineData("/", "/", "/", true, true)]
    [InlineData("", "/", "/", true, true)]
    [InlineData(".", "/", "/", true, true)]
    [InlineData("etc/passwd", "/etc/passwd", "/etc/passwd", false, false)]
    [InlineData("/etc/", "/etc", "/etc/", true, false)]
    [InlineData("/etc//", "/etc", "/etc/", true, false)]
    [InlineData("/etc/.", "/etc", "/etc/.", true, true)]
    [InlineData("/a/../../b/./c", "/b/c", "/b/c", false, false)]
    [InlineData("/a/..", "/", "/", true, true)]
    [InlineData("../../x", "/x", "/x", false, false)]
    public void InContainer_WhatAPathEndsWith_Counts(string text, string path, string spelling, bool directory, bool content)
    {
        CopyPath parsed = CopyPath.InContainer(text);
        Assert.Equal(new CopyPath(path, directory, content), parsed);
        Assert.Equal(spelling, parsed.Spelling);
    }

    [Fact]
    public void Name_IsTheLastComponent_OrADotForContent()
    {
        Assert.Equal("b", CopyPath.InContainer("/a/b/").Name);
        Assert.Equal((".", "b"), (CopyPath.InContainer("/a/b/.").Name, CopyPath.InContainer("/a/b/.").Base));
        Assert.Equal("/a", CopyPath.InContainer("/a/b").Parent);
        Assert.Equal("/", CopyPath.InContainer("/a").Parent);
    }
}
