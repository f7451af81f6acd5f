using FastRun.Engine.Launch;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Entries of binfmt_misc as the kernel shows them (fs/binfmt_misc.c, entry_status).</summary>
public sealed class BinaryFormatsTests
{
    private const string Magic = "magic 7f454c460201010000000000000000000200b700\nmask ffffffffffffff00fffffffffffffffffeffffff\n";

    private static readonly byte[] s_arm64 = BinaryFormats.HeaderOf(183, is64: true, isBigEndian: false);

    [Theory]
    [InlineData("enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: POCF\noffset 0\n" + Magic, true)]
    [InlineData("enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: \noffset 0\n" + Magic, false)]
    public void Parse_AnEntryForThePrograms_IsTheirInterpreter(string entry, bool isFixed) =>
        Assert.Equal(new Interpreter("/usr/libexec/qemu-binfmt/aarch64-binfmt-P", isFixed), BinaryFormats.Parse(entry, s_arm64));

    [Theory]
    [InlineData("disabled\ninterpreter /x\nflags: F\noffset 0\n" + Magic)]
    [InlineData("enabled\ninterpreter /x\nflags: F\noffset 0\nmagic 7f454c460201010000000000000000000200f300\nmask ffffffffffffff00fffffffffffffffffeffffff\n")]
    [InlineData("enabled\ninterpreter /x\nflags: F\noffset 1\n" + Magic)]
    [InlineData("enabled\ninterpreter /x\nflags: F\noffset 255\nmagic 0000\n")]
    [InlineData("enabled\ninterpreter /usr/bin/python3\nflags: \nextension .py\n")]
    [InlineData("enabled\ninterpreter /x\nflags: F\noffset 0\nmagic 7f4\n")]
    [InlineData("enabled\ninterpreter /x\nflags: F\noffset 0\nmagic 7f45\nmask ff\n")]
    [InlineData("")]
    public void Parse_AnyOther_IsNone(string entry) => Assert.Null(BinaryFormats.Parse(entry, s_arm64));

    [Fact]
    public void Parse_AMagicWithoutMask_MustBeTheSame() =>
        Assert.NotNull(BinaryFormats.Parse("enabled\ninterpreter /x\nflags: \noffset 18\nmagic b700\n", s_arm64));

    [Fact]
    public void HeaderOf_ABigEndianMachine_HasItsBytesInThatOrder() =>
        Assert.Equal("7F454C46020201000000000000000000000200160000", System.Convert.ToHexString(BinaryFormats.HeaderOf(22, is64: true, isBigEndian: true), 0, 22));

    [Theory]
    [InlineData("386", true)]
    [InlineData("arm64", false)]
    [InlineData("amd64", true)]
    public void IsNative_OnAmd64_KnowsItsOwn(string architecture, bool isNative)
    {
        Assert.SkipUnless(Platform.Host.Architecture == "amd64", "another machine");
        Assert.Equal(isNative, BinaryFormats.IsNative(new Platform("linux", architecture)));
    }

    [Fact]
    public void InterpreterOf_AnotherSystem_HasNone() => Assert.Null(BinaryFormats.InterpreterOf(new Platform("windows", "arm64")));
}
