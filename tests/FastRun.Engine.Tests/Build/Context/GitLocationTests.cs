using FastRun.Engine.Build.Context;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Context;

/// <summary>The forms are those of docs.docker.com, "Build context: Git repositories".</summary>
public sealed class GitLocationTests
{
    [Theory]
    [InlineData("https://github.com/user/repo.git", true)]
    [InlineData("https://github.com/user/repo.git#main:docs", true)]
    [InlineData("http://host/repo.git", true)]
    [InlineData("git://host/repo", true)]
    [InlineData("ssh://git@host/repo", true)]
    [InlineData("git@github.com:user/repo.git", true)]
    [InlineData("github.com/user/repo", true)]
    [InlineData("https://host/context.tar.gz", false)]
    [InlineData("https://host/repo.git.tar", false)]
    [InlineData("repo.git", false)]
    [InlineData("./github.com/x", false)]
    [InlineData("-", false)]
    public void Is_Forms_AreDockers(string text, bool expected) => Assert.Equal(expected, GitLocation.Is(text));

    [Theory]
    [InlineData("https://h/r.git", "https://h/r.git", null, "")]
    [InlineData("https://h/r.git#v1.0", "https://h/r.git", "v1.0", "")]
    [InlineData("https://h/r.git#v1.0:a/b", "https://h/r.git", "v1.0", "a/b")]
    [InlineData("https://h/r.git#:a", "https://h/r.git", null, "a")]
    [InlineData("https://h/r.git#refs/heads/x", "https://h/r.git", "refs/heads/x", "")]
    [InlineData("github.com/u/r#main", "https://github.com/u/r", "main", "")]
    [InlineData("git@h:u/r.git", "git@h:u/r.git", null, "")]
    public void Parse_Parts_AreSeparated(string text, string url, string? name, string directory) =>
        Assert.Equal(new GitLocation(url, name, directory), GitLocation.Parse(text));

    [Theory]
    [InlineData("https://h/r.git#../../etc")]
    [InlineData("https://h/r.git#main:../../etc")]
    [InlineData("https://h/r.git#main:a/../../b")]
    [InlineData("https://h/r.git#main:.git")]
    [InlineData("https://h/r.git#main:a/.git/hooks")]
    [InlineData("https://h/r.git#--upload-pack=x")]
    [InlineData("https://h/r.git#-x")]
    [InlineData("https://h/r.git#a b")]
    [InlineData("https://h/r.git#a;b")]
    [InlineData("https://h/r.git#a..b")]
    [InlineData("https://h/r.git#a.lock")]
    [InlineData("https://h/r.git#/a")]
    [InlineData("https://h/r.git?x=y.git")]
    [InlineData("https://h/r.git?branch=a&tag=b")]
    [InlineData("https://h/r.git?branch=a#b")]
    [InlineData("https://h/r.git?branch=")]
    [InlineData("https://h/r.git?branch=a%20b")]
    [InlineData("https://h/r.git?ref=--upload-pack%3Dx")]
    [InlineData("https://h/r.git?subdir=..%2F..%2Fetc")]
    [InlineData("https://h/r.git?subdir=a#:b")]
    [InlineData("https://h/r.git?commit=xyz12")]
    [InlineData("https://h/r.git?commit=abc")]
    [InlineData("https://h/r.git?submodules=perhaps")]
    [InlineData("ssh://-oProxyCommand=x/r")]
    [InlineData("ssh://a@-oProxyCommand=x/r")]
    [InlineData("git@-oProxyCommand=x:r")]
    [InlineData("https://h/r\n.git")]
    [InlineData("git@host")]
    public void Parse_WhatLeadsElsewhere_IsRefused(string text) => Assert.Throws<EngineException>(() => GitLocation.Parse(text));

    [Theory]
    [InlineData("https://h/r.git?branch=main&subdir=a/b", "refs/heads/main", "a/b", null)]
    [InlineData("https://h/r.git?tag=v1&commit=abcd1234", "refs/tags/v1", "", "abcd1234")]
    [InlineData("https://h/r.git?ref=refs/pull/1/head", "refs/pull/1/head", "", null)]
    [InlineData("https://h/r.git?checksum=abcd", null, "", "abcd")]
    [InlineData("https://h/r.git?commit=abcd#main:x", "main", "x", "abcd")]
    [InlineData("git@h:r.git?branch=x%2Fy", "refs/heads/x/y", "", null)]
    public void Parse_Parameters_AreTheParts(string text, string? name, string directory, string? commit)
    {
        GitLocation location = GitLocation.Parse(text);
        Assert.Equal((name, directory, commit), (location.Ref, location.Directory, location.Commit));
        Assert.DoesNotContain("?", location.Url, System.StringComparison.Ordinal);
        Assert.True(location.Submodules);
        Assert.Null(location.KeepGitDirectory);
    }

    [Fact]
    public void Parse_Flags_AreTrueWithoutAValue()
    {
        GitLocation location = GitLocation.Parse("https://h/r.git?keep-git-dir&submodules=false");
        Assert.Equal((true, false), (location.KeepGitDirectory, location.Submodules));
    }

    [Theory]
    [InlineData("https://user:token@h/r.git", "https://***@h/r.git")]
    [InlineData("https://h/r@1.git", "https://h/r@1.git")]
    [InlineData("git@h:r.git", "git@h:r.git")]
    public void Shown_Credentials_AreNotThere(string url, string shown) => Assert.Equal(shown, GitLocation.Parse(url).Shown);
}
