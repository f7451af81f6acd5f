using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;

namespace FastRun.Engine.Tests.Supervision;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("ab\u0010\u0011cd", "ab", false)]
    [InlineData("a\u0010b", "a\u0010b", true)]
    [InlineData("\u0010\u0010\u0011", "\u0010", false)]
    [InlineData("\u0011\u0010", "\u0011", true)]
    public void Filter_Default_PassesAllButTheKeys(string typed, string expected, bool stay)
    {
        DetachKeys keys = DetachKeys.Default;

        Assert.Equal(stay, keys.Filter(Encoding.ASCII.GetBytes(typed), out System.ReadOnlySpan<byte> passed));
        Assert.Equal(expected, Encoding.ASCII.GetString(passed));
    }

    [Fact]
    public void Filter_KeysInTwoReads_AreFound()
    {
        DetachKeys keys = DetachKeys.Default;

        Assert.True(keys.Filter([0x10], out System.ReadOnlySpan<byte> first));
        Assert.True(first.IsEmpty);
        Assert.False(keys.Filter([0x11], out _));
    }

    [Fact]
    public void Filter_BeginningThatIsNone_IsHandedOnLater()
    {
        DetachKeys keys = DetachKeys.Default;
        keys.Filter([0x10], out _);

        Assert.True(keys.Filter("x"u8, out System.ReadOnlySpan<byte> passed));
        Assert.Equal([0x10, (byte)'x'], passed.ToArray());
    }

    [Theory]
    [InlineData("ctrl-a,b", "\u0001b")]
    [InlineData("ctrl-@", "\0")]
    [InlineData("ctrl-_", "\u001f")]
    public void Parse_Keys_AreTheirCharacters(string text, string keys) =>
        Assert.False(DetachKeys.Parse(text).Filter(Encoding.ASCII.GetBytes(keys), out _));

    [Theory]
    [InlineData("")]
    [InlineData("ctrl-")]
    [InlineData("ctrl-A")]
    [InlineData("ab")]
    public void Parse_NoKey_IsRefused(string text) => Assert.Throws<EngineException>(() => DetachKeys.Parse(text));
}
