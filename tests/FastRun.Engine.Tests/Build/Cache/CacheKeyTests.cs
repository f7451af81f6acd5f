using FastRun.Engine.Build.Cache;

namespace FastRun.Engine.Tests.Build.Cache;

public sealed class CacheKeyTests
{
    [Fact]
    public void Finish_OfTheSameParts_IsTheSame()
    {
        string key = new CacheKey("kind").Add("a").Add(["b", "c"]).AddOptional(null).Add(true).Finish();
        Assert.Equal(64, key.Length);
        Assert.Equal(key, new CacheKey("kind").Add("a").Add(["b", "c"]).AddOptional(null).Add(true).Finish());
    }

    [Fact]
    public void Finish_WherePartsAreDividedOtherwise_IsAnother()
    {
        string[] keys =
        [
            new CacheKey("k").Add("ab").Add("c").Finish(),
            new CacheKey("k").Add("a").Add("bc").Finish(),
            new CacheKey("k").Add("abc").Finish(),
            new CacheKey("ka").Add("b").Add("c").Finish(),
            new CacheKey("k").Add(["ab", "c"]).Finish(),
            new CacheKey("k").Add(["ab"]).Add("c").Finish(),
            new CacheKey("k").Add("ab").Add("c").Add("").Finish(),
            new CacheKey("k").Add("ab").Add("c").AddOptional(null).Finish(),
        ];
        Assert.Distinct(keys);
    }
}
