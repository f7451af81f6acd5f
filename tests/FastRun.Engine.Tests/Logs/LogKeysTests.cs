using FastRun.Engine.Errors;
using FastRun.Engine.Logs;

namespace FastRun.Engine.Tests.Logs;

public sealed class LogKeysTests
{
    [Theory]
    [InlineData("CI", true)]
    [InlineData("CI_JOB", true)]
    [InlineData("MY_CI_JOB", false)]
    [InlineData("OTHER", true)]
    [InlineData("other", false)]
    public void Has_ThoseOfTheListAndThoseInWhichThePatternIsFound(string name, bool expected) =>
        Assert.Equal(expected, LogKeys.None.Named(" CI , OTHER,").Like("^CI_").Has(name));

    [Fact]
    public void Has_OfNone_IsNothing()
    {
        Assert.False(LogKeys.None.Has("A"));
        Assert.False(LogKeys.None.Named("").Like("").Has("A"));
        Assert.Throws<EngineException>(() => LogKeys.None.Like("(A)"));
    }
}
