using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Links;

namespace FastRun.Engine.Tests.Networks.Links;

public sealed class LinkSyntaxTests
{
    [Theory]
    [InlineData("db", "db:db")]
    [InlineData("postgres:db", "postgres:db")]
    [InlineData("/postgres:my-db.1", "postgres:my-db.1")]
    public void Parse_Forms_AreOne(string text, string expected) => Assert.Equal(expected, LinkSyntax.Parse(text));

    [Theory]
    [InlineData("", "empty string specified for links")]
    [InlineData(":db", "bad format for links: :db")]
    [InlineData("db:", "bad format for links: db:")]
    [InlineData("a:b:c", "bad format for links: a:b:c")]
    [InlineData("a:b c", "bad format for links: a:b c")]
    [InlineData("a:b\n", "bad format for links: a:b\n")]
    public void Parse_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => LinkSyntax.Parse(text)).Message);
}
