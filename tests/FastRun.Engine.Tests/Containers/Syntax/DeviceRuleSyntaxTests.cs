using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Tests.Containers.Syntax;

/// <summary>The grammar of docker's <c>--device-cgroup-rule</c>.</summary>
public sealed class DeviceRuleSyntaxTests
{
    [Theory]
    [InlineData("c 1:3 mr", "c 1:3 rm")]
    [InlineData("b 8:* rmw", "b 8:* rwm")]
    [InlineData("a *:* rwm", "a *:* rwm")]
    [InlineData("c *:5 w", "c *:5 w")]
    public void Parse_Rules_AreParsed(string text, string expected) => Assert.Equal(expected, DeviceRuleSyntax.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("c")]
    [InlineData("c 1:3")]
    [InlineData("c 1:3 ")]
    [InlineData("c 1:3 x")]
    [InlineData("c 1:3 rwmr")]
    [InlineData("d 1:3 r")]
    [InlineData("c 1 r")]
    [InlineData("c 1:2:3 r")]
    [InlineData("c -1:3 r")]
    [InlineData("c 4096:0 r")]
    [InlineData("c 1:1048576 r")]
    [InlineData("c 99999999999:1 r")]
    [InlineData(" c 1:3 r")]
    public void Parse_Garbage_IsRefused(string text) => Assert.Equal(
        $"invalid device cgroup format '{text}'", Assert.Throws<EngineException>(() => DeviceRuleSyntax.Parse(text)).Message);

    [Fact]
    public void Access_Letters_AreFlags() => Assert.Equal(DeviceAccess.All, DeviceRuleSyntax.Access("mwr"));
}
