using System.Linq;
using FastRun.Layers.Registry.Tokens;

namespace FastRun.Layers.Tests.Registry.Tokens;

public sealed class AuthChallengeTests
{
    [Theory]
    [InlineData("realm=\"https://a/token\",service=\"b\"", "realm=https://a/token service=b")]
    [InlineData("realm=\"a\", service=b , scope=\"repository:x:pull,push\"", "realm=a service=b scope=repository:x:pull,push")]
    [InlineData("REALM=\"a\\\"b\"", "REALM=a\"b")]
    [InlineData("realm=\"first\",realm=\"second\"", "realm=first")]
    [InlineData("realm=\"never closed", "")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData("=,=", "")]
    public void ParseParameters_GivesWhatTheGrammarSays(string? text, string expected) => Assert.Equal(
        expected,
        string.Join(' ', AuthChallenge.ParseParameters(text).Select(static pair => $"{pair.Key}={pair.Value}")));

    [Fact]
    public void ParseParameters_OfAnOversizedHeader_GivesNothing() =>
        Assert.Empty(AuthChallenge.ParseParameters("realm=\"" + new string('a', 20_000) + "\""));
}
