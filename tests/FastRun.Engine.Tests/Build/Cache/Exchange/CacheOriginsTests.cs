using FastRun.Engine.Build.Cache.Exchange;

namespace FastRun.Engine.Tests.Build.Cache.Exchange;

public sealed class CacheOriginsTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("a", "", "a")]
    [InlineData("", "a", "a")]
    [InlineData("b", "a", "a\nb")]
    [InlineData("a\nc", "b\nc", "a\nb\nc")]
    public void Union_IsSortedAndHasEachOnce(string a, string b, string expected) => Assert.Equal(expected, CacheOrigins.Union(a, b));

    [Fact]
    public void PlaceOf_IsTheKeyOnlyOfWhatWasMadeHere()
    {
        Assert.Equal("key", CacheOrigins.PlaceOf("key", CacheOrigins.Here));
        string a = CacheOrigins.PlaceOf("key", "a");
        Assert.Equal(64, a.Length);
        Assert.NotEqual(a, CacheOrigins.PlaceOf("key", "b"));
        Assert.NotEqual(a, CacheOrigins.PlaceOf("other", "a"));
        Assert.NotEqual(a, CacheOrigins.PlaceOf("key", "a\nb"));
    }
}
