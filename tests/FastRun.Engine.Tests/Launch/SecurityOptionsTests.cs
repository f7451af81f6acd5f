using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

public sealed class SecurityOptionsTests
{
    [Fact]
    public void Of_Nothing_IsTheDefault() => Assert.Equal(new SecurityOptions(null, false, false), SecurityOptions.Of([]));

    [Theory]
    [InlineData("seccomp=/a=b.json", "/a=b.json", false)]
    [InlineData("seccomp=unconfined", "unconfined", false)]
    [InlineData("no-new-privileges", null, true)]
    [InlineData("no-new-privileges:true", null, true)]
    [InlineData("no-new-privileges=true", null, true)]
    [InlineData("no-new-privileges:false", null, false)]
    public void Of_OneOption_IsRead(string option, string? profile, bool noNewPrivileges) =>
        Assert.Equal(new SecurityOptions(profile, noNewPrivileges, false), SecurityOptions.Of([option]));

    [Fact]
    public void Of_SameOptionTwice_LaterOneWins() => Assert.Equal(
        new SecurityOptions("b", false, false),
        SecurityOptions.Of(["seccomp=a", "no-new-privileges", "seccomp=b", "no-new-privileges:false"]));
}
