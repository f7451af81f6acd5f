using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Tests.Build.Dockerfile;

/// <summary>Expected values: Dockerfile reference, "Environment replacement"; the shell's rules where it is silent.</summary>
public sealed class ExpansionTests
{
    private static readonly Dictionary<string, string> s_variables = new()
    {
        ["PWD"] = "/home",
        ["SHELL"] = "bash",
        ["NULL"] = "",
        ["PATH"] = "a:b:c",
        ["str"] = "foobarbaz",
        ["two"] = "one two",
        ["quoted"] = "\"a b\" c",
        ["stars"] = "a*b?c\\d",
        ["lines"] = "x\ny",
        ["1"] = "first",
        ["ünïcode"] = "yes",
        ["version"] = "1.2.3",
    };

    private static Expansion Create(char escape = '\\') => new(name => s_variables.GetValueOrDefault(name), escape);

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("he'll'o", "hello")]
    [InlineData("he\"ll\"o", "hello")]
    [InlineData("he\\'llo", "he'llo")]
    [InlineData("he\\\\llo", "he\\llo")]
    [InlineData("hello\\", "hello")]
    [InlineData("\"hello\\there\"", "hello\\there")]
    [InlineData("\"hello\\\\there\"", "hello\\there")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("'a\\b'", "a\\b")]
    [InlineData("'$PWD'", "$PWD")]
    [InlineData("\"$PWD\"", "/home")]
    [InlineData("\"'$PWD'\"", "'/home'")]
    [InlineData("$PWD", "/home")]
    [InlineData("\\$PWD", "$PWD")]
    [InlineData("\"\\$PWD\"", "$PWD")]
    [InlineData("\\${PWD}", "${PWD}")]
    [InlineData("${PWD}", "/home")]
    [InlineData("${PWD}x", "/homex")]
    [InlineData("$PWDx", "")]
    [InlineData("$PWD.x", "/home.x")]
    [InlineData("$PWD-x", "/home-x")]
    [InlineData("he$PWD$SHELL", "he/homebash")]
    [InlineData("$", "$")]
    [InlineData("$ x", "$ x")]
    [InlineData("he$.", "he$.")]
    [InlineData("a$/b", "a$/b")]
    [InlineData("$1", "first")]
    [InlineData("$12x", "x")]
    [InlineData("${1}", "first")]
    [InlineData("$@x", "x")]
    [InlineData("${ünïcode}", "yes")]
    [InlineData("$ünïcode", "yes")]
    [InlineData("${missing}", "")]
    [InlineData("x${NULL}y", "xy")]
    [InlineData("한글", "한글")]
    [InlineData("😀$SHELL😀", "😀bash😀")]
    public void Word_QuotesEscapesAndNames_AreReplaced(string word, string expected) => Assert.Equal(expected, Create().Word(word));

    [Theory]
    [InlineData("${missing:-x}", "x")]
    [InlineData("${NULL:-x}", "x")]
    [InlineData("${PWD:-x}", "/home")]
    [InlineData("${missing-x}", "x")]
    [InlineData("${NULL-x}", "")]
    [InlineData("${PWD-x}", "/home")]
    [InlineData("${missing:+x}", "")]
    [InlineData("${NULL:+x}", "")]
    [InlineData("${PWD:+x}", "x")]
    [InlineData("${missing+x}", "")]
    [InlineData("${NULL+x}", "x")]
    [InlineData("${PWD+x}", "x")]
    [InlineData("${PWD:?x}", "/home")]
    [InlineData("${PWD?x}", "/home")]
    [InlineData("${NULL?x}", "")]
    [InlineData("${missing:-}", "")]
    [InlineData("${missing:-a b}", "a b")]
    [InlineData("${missing:-$PWD}", "/home")]
    [InlineData("${missing:-${PWD}}", "/home")]
    [InlineData("${missing:-${NULL:-${SHELL}}}", "bash")]
    [InlineData("${missing:-'}'}", "}")]
    [InlineData("${missing:-\"a}b\"}", "a}b")]
    [InlineData("${missing:-a\\}b}", "a}b")]
    [InlineData("a${missing:-b}c${SHELL:+d}e", "abcde")]
    [InlineData("\"${missing:-a  b}\"", "a  b")]
    [InlineData("${PWD:+${SHELL:+both}}", "both")]
    [InlineData("${two:+\"$two\"}", "one two")]
    public void Word_DefaultsAndAlternatives_DependOnTheValue(string word, string expected) => Assert.Equal(expected, Create().Word(word));

    [Theory]
    [InlineData("${str#f*b}", "arbaz")]
    [InlineData("${str##f*b}", "az")]
    [InlineData("${str%b*}", "foobar")]
    [InlineData("${str%%b*}", "foo")]
    [InlineData("${str#foo}", "barbaz")]
    [InlineData("${str#bar}", "foobarbaz")]
    [InlineData("${str#*}", "foobarbaz")]
    [InlineData("${str##*}", "")]
    [InlineData("${str%%*}", "")]
    [InlineData("${str%*}", "foobarbaz")]
    [InlineData("${str#???}", "barbaz")]
    [InlineData("${str%???}", "foobar")]
    [InlineData("${str#?*b}", "arbaz")]
    [InlineData("${PATH#*:}", "b:c")]
    [InlineData("${PATH##*:}", "c")]
    [InlineData("${PATH%:*}", "a:b")]
    [InlineData("${PATH%%:*}", "a")]
    [InlineData("${version%.*}", "1.2")]
    [InlineData("${version%%.*}", "1")]
    [InlineData("${missing#x}", "")]
    [InlineData("${NULL%x}", "")]
    [InlineData("${stars#a\\*}", "b?c\\d")]
    [InlineData("${stars%\\?c\\\\d}", "a*b")]
    [InlineData("${stars##*\\\\}", "d")]
    [InlineData("${PWD#\\/}", "home")]
    [InlineData("${PWD#/}", "home")]
    [InlineData("${str#$missing}", "foobarbaz")]
    [InlineData("${str#${SHELL:+f*b}}", "arbaz")]
    [InlineData("${str%.baz}", "foobarbaz")]
    public void Word_Patterns_TakeBeginningsAndEnds(string word, string expected) => Assert.Equal(expected, Create().Word(word));

    [Theory]
    [InlineData("${str/ba/X}", "fooXrbaz")]
    [InlineData("${str//ba/X}", "fooXrXz")]
    [InlineData("${str/b?r/X}", "fooXbaz")]
    [InlineData("${str/b*a/X}", "fooXz")]
    [InlineData("${str//o/}", "fbarbaz")]
    [InlineData("${str/o/}", "fobarbaz")]
    [InlineData("${str/zzz/X}", "foobarbaz")]
    [InlineData("${str/*/X}", "X")]
    [InlineData("${str//*/X}", "X")]
    [InlineData("${str//a?/$SHELL}", "foobbashbbash")]
    [InlineData("${PATH//:/ }", "a b c")]
    [InlineData("${PWD/\\/home/\\/root}", "/root")]
    [InlineData("${stars/\\*/X}", "aXb?c\\d")]
    [InlineData("${missing/a/b}", "")]
    [InlineData("${version//./_}", "1_2_3")]
    public void Word_Replacements_TakeAsMuchAsTheyCan(string word, string expected) => Assert.Equal(expected, Create().Word(word));

    [Theory]
    [InlineData("he'llo", "failed to process \"he'llo\": unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"x", "failed to process \"\\\"x\": unexpected end of statement while looking for matching double-quote")]
    [InlineData("${", "failed to process \"${\": syntax error: missing '}'")]
    [InlineData("${PWD", "failed to process \"${PWD\": syntax error: missing '}'")]
    [InlineData("${PWD:", "failed to process \"${PWD:\": syntax error: missing '}'")]
    [InlineData("${PWD:-x", "failed to process \"${PWD:-x\": syntax error: missing '}'")]
    [InlineData("${}", "failed to process \"${}\": syntax error: bad substitution")]
    [InlineData("${{x}", "failed to process \"${{x}\": syntax error: bad substitution")]
    [InlineData("${:}", "failed to process \"${:}\": syntax error: bad substitution")]
    [InlineData("${PWD:x}", "failed to process \"${PWD:x}\": unsupported modifier (:x) in substitution")]
    [InlineData("${PWD^}", "failed to process \"${PWD^}\": unsupported modifier (^) in substitution")]
    [InlineData("${PWD,,}", "failed to process \"${PWD,,}\": unsupported modifier (,) in substitution")]
    [InlineData("${PWD:/a/b}", "failed to process \"${PWD:/a/b}\": unsupported modifier (:/) in substitution")]
    [InlineData("${missing:?}", "failed to process \"${missing:?}\": missing: is not allowed to be unset")]
    [InlineData("${NULL:?}", "failed to process \"${NULL:?}\": NULL: is not allowed to be empty")]
    [InlineData("${missing?give it}", "failed to process \"${missing?give it}\": missing: give it")]
    [InlineData("${str/a}", "failed to process \"${str/a}\": syntax error: missing '/' in ${}")]
    [InlineData("${str/a/b", "failed to process \"${str/a/b\": syntax error: missing '}'")]
    [InlineData("${str#\\x}", "failed to process \"${str#\\\\x}\": invalid pattern (\\x) in substitution: invalid escape '\\x'")]
    public void Word_Broken_IsRefusedInBuildKitsWords(string word, string message) =>
        Assert.Equal(message, Assert.Throws<DockerfileException>(() => Create().Word(word)).Message);

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  a   b  ", "a|b")]
    [InlineData("'a b' c", "a b|c")]
    [InlineData("a\\ b c", "a b|c")]
    [InlineData("$two", "one|two")]
    [InlineData("\"$two\"", "one two")]
    [InlineData("x$two-y", "xone|two-y")]
    [InlineData("$NULL", "")]
    [InlineData("'' a", "a")]
    [InlineData("${missing:-a b}", "a|b")]
    [InlineData("$quoted", "\"a|b\"|c")]
    [InlineData("$lines", "x|y")]
    [InlineData("80 81/udp", "80|81/udp")]
    public void Words_WhiteSpace_DividesUnlessQuoted(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Create().Words(text)));

    [Theory]
    [InlineData("a`b", "ab")]
    [InlineData("`$PWD", "$PWD")]
    [InlineData("c:\\windows", "c:\\windows")]
    [InlineData("\"`\"\"", "\"")]
    [InlineData("``", "`")]
    public void Word_AnotherEscape_LeavesBackslashes(string word, string expected) => Assert.Equal(expected, Create('`').Word(word));

    [Theory]
    [InlineData("say \"$SHELL\" and 'it''s'\n", "say \"bash\" and 'it''s'\n")]
    [InlineData("price \\$5\n", "price $5\n")]
    [InlineData("${SHELL}\n\n$missing.\n", "bash\n\n.\n")]
    public void Content_OfInlineFiles_KeepsQuotes(string text, string expected) =>
        Assert.Equal(expected, Expansion.Content(text, name => s_variables.GetValueOrDefault(name)));

    [Fact]
    public void Word_Lookups_AreNoted()
    {
        Expansion expansion = Create();
        expansion.Word("$PWD ${gone} ${other:-$SHELL} $NULL");
        Assert.Equal(["NULL", "PWD", "SHELL"], expansion.Used.Order());
        Assert.Equal(["gone"], expansion.Missing);
    }

    [Fact]
    public void Word_ThatGrowsWithoutEnd_IsRefused()
    {
        string value = "x";
        Expansion expansion = new(_ => value);
        DockerfileException fault = Assert.Throws<DockerfileException>(() =>
        {
            for (int i = 0; i < 64; i++)
            {
                value = expansion.Word("$A$A");
            }
        });
        Assert.Contains("a value becomes longer than 1048576 characters", fault.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Word_NestedWithoutEnd_IsRefused() => Assert.Contains(
        "nested too deeply",
        Assert.Throws<DockerfileException>(() => Create().Word(string.Concat(Enumerable.Repeat("${x:-", 20_000)))).Message,
        System.StringComparison.Ordinal);

    [Fact]
    public void Word_ManyStars_TakeNoTime()
    {
        string value = new('a', 60_000);
        Expansion expansion = new(_ => value);
        Assert.Equal(value, expansion.Word("${x##" + string.Concat(Enumerable.Repeat("*a", 500)) + "b}"));
        Assert.Equal(value, expansion.Word("${x//" + string.Concat(Enumerable.Repeat("*a", 500)) + "b/}"));
    }
}
