using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Tests.Cli.Options;

/// <summary>The expected values are what docker 28's own command line does with the same words.</summary>
public sealed class OptionParserTests
{
    private readonly List<string> _seen = [];
    private readonly List<string> _operands = [];

    private Option[] Table =>
    [
        new("env", 'e', "list", "", value => _seen.Add("env=" + value)),
        new("publish", 'p', "list", "", value => _seen.Add("publish=" + value)),
        new("memory", 'm', "bytes", "", _ => throw EngineException.Invalid("invalid size: 'abc'")),
        Option.Switch("interactive", 'i', "", value => _seen.Add("interactive=" + value)),
        Option.Switch("tty", 't', "", value => _seen.Add("tty=" + value)),
        Option.Switch("rm", '\0', "", value => _seen.Add("rm=" + value)),
    ];

    private int Parse(bool interspersed, params string[] arguments) =>
        new OptionParser(Table).Parse(arguments, interspersed, _operands);

    [Theory]
    [InlineData("--env A=1", "env=A=1")]
    [InlineData("--env=A=1", "env=A=1")]
    [InlineData("-e A=1", "env=A=1")]
    [InlineData("-eA=1", "env=A=1")]
    [InlineData("-e=A=1", "env=A=1")]
    [InlineData("-p80:80", "publish=80:80")]
    [InlineData("-it", "interactive=True tty=True")]
    [InlineData("-ite A=1", "interactive=True tty=True env=A=1")]
    [InlineData("-itp80:80", "interactive=True tty=True publish=80:80")]
    [InlineData("-it=false", "interactive=True tty=False")]
    [InlineData("--rm=false --rm=T", "rm=False rm=True")]
    [InlineData("--env --rm", "env=--rm")]
    [InlineData("--env=", "env=")]
    [InlineData("-e -e", "env=-e")]
    public void Parse_FlagForms_AreApplied(string arguments, string expected)
    {
        Parse(false, arguments.Split(' '));

        Assert.Equal(expected.Split(' '), _seen);
        Assert.Empty(_operands);
    }

    [Fact]
    public void Parse_FirstOperand_EndsFlags()
    {
        Parse(false, "-i", "image", "--", "sh", "-e", "--rm");

        Assert.Equal(["interactive=True"], _seen);
        Assert.Equal(["image", "--", "sh", "-e", "--rm"], _operands);
    }

    [Fact]
    public void Parse_Interspersed_FlagsMayFollowOperands()
    {
        Parse(true, "a", "-i", "b", "--", "-t");

        Assert.Equal(["interactive=True"], _seen);
        Assert.Equal(["a", "b", "-t"], _operands);
    }

    [Fact]
    public void Parse_DoubleDash_EndsFlagsAndIsDropped()
    {
        Parse(false, "-i", "--", "-t");

        Assert.Equal(["-t"], _operands);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    public void Parse_DashOrNothing_IsAnOperand(string argument)
    {
        Parse(false, argument);

        Assert.Equal([argument], _operands);
    }

    [Theory]
    [InlineData("--foo", "unknown flag: --foo")]
    [InlineData("--no-such=1", "unknown flag: --no-such")]
    [InlineData("-Z", "unknown shorthand flag: 'Z' in -Z")]
    [InlineData("-iZt", "unknown shorthand flag: 'Z' in -Zt")]
    [InlineData("-=x", "unknown shorthand flag: '=' in -=x")]
    [InlineData("---x", "bad flag syntax: ---x")]
    [InlineData("--=x", "bad flag syntax: --=x")]
    [InlineData("--env", "flag needs an argument: --env")]
    [InlineData("-e", "flag needs an argument: 'e' in -e")]
    [InlineData("-ie", "flag needs an argument: 'e' in -e")]
    [InlineData("-m abc", "invalid argument \"abc\" for \"-m, --memory\" flag: invalid size: 'abc'")]
    [InlineData("--rm=maybe", "invalid argument \"maybe\" for \"--rm\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("--rm=", "invalid argument \"\" for \"--rm\" flag: strconv.ParseBool: parsing \"\": invalid syntax")]
    [InlineData("-it=3", "invalid argument \"3\" for \"-t, --tty\" flag: strconv.ParseBool: parsing \"3\": invalid syntax")]
    [InlineData("--help=3", "invalid argument \"3\" for \"--help\" flag: strconv.ParseBool: parsing \"3\": invalid syntax")]
    public void Parse_WrongFlag_IsRefusedInDockersWords(string arguments, string message)
    {
        UsageException e = Assert.Throws<UsageException>(() => Parse(false, arguments.Split(' ')));

        Assert.Equal(message, e.Message);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-ih")]
    [InlineData("--help=true")]
    public void Parse_Help_IsReported(string argument) => Assert.Equal(OptionParser.Help, Parse(false, argument));

    [Fact]
    public void Parse_HelpFalse_GoesOn() => Assert.NotEqual(OptionParser.Help, Parse(false, "--help=false", "-i"));
}
