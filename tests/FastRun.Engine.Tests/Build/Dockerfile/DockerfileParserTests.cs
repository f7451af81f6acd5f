using System.Collections.Generic;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Tests.Build.Dockerfile;

/// <summary>Expected values: the Dockerfile reference; messages as BuildKit's.</summary>
public sealed class DockerfileParserTests
{
    [Fact]
    public void Parse_WholeFile_HasStagesAndLines()
    {
        DockerfileDocument document = DockerfileParser.Parse(
            "# syntax=docker/dockerfile:1\n# escape=\\\n\nARG V=1 W\nFROM --platform=$BUILDPLATFORM golang:$V AS Build\nRUN a && \\\n  # no\n  b\n\nfrom scratch\nCOPY --from=build /x /y\n");
        Assert.Equal("docker/dockerfile:1", document.DirectiveOf("syntax")?.Value);
        Assert.Equal(new LineRange(4, 4), Assert.Single(document.GlobalArguments).Lines);
        Assert.Equal([new Assignment("V", "1"), new Assignment("W", null)], document.GlobalArguments[0].Arguments);
        Assert.Equal(2, document.Stages.Count);
        BuildStage build = document.Stages[0];
        Assert.Equal(("build", "Build", "golang:$V", "$BUILDPLATFORM"), (build.Name, build.From.WrittenName, build.From.Image, build.From.Platform));
        RunInstruction run = Assert.IsType<RunInstruction>(Assert.Single(build.Instructions));
        Assert.Equal(new LineRange(6, 8), run.Lines);
        Assert.Equal("RUN a &&   b", run.Text);
        Assert.Equal("a &&   b", Assert.Single(run.Command.Arguments));
        CopyInstruction copy = Assert.IsType<CopyInstruction>(Assert.Single(document.Stages[1].Instructions));
        Assert.Equal(("build", "/y"), (copy.From, copy.Destination));
        Assert.Same(build, document.StageOf("BUILD", 1));
        Assert.Same(build, document.StageOf("0", 1));
        Assert.Null(document.StageOf("1", 1));
        Assert.Equal(12, document.Lines.Count + 1);
    }

    [Theory]
    [InlineData("FROM a\nRUN x\\\ny", "xy")]
    [InlineData("FROM a\nRUN x \\\n  y", "x   y")]
    [InlineData("FROM a\nRUN x \\  \t\n y", "x  y")]
    [InlineData("FROM a\r\nRUN x \\\r\n y\r\n", "x  y")]
    [InlineData("FROM a\nRUN x\\\\\nRUN z", "x\\\\")]
    [InlineData("FROM a\nRUN x \\\n\n\n y", "x  y")]
    [InlineData("FROM a\nRUN x \\\n# c \\\n   # d\n y", "x  y")]
    [InlineData("FROM a\nRUN x \\", "x")]
    [InlineData("# escape=`\nFROM a\nRUN dir c:\\ `\n b", "dir c:\\  b")]
    [InlineData("FROM a\nRUN x # y", "x # y")]
    [InlineData("FROM a\n  \t RUN   x  y  ", "x  y")]
    [InlineData("FROM a\nrun x", "x")]
    [InlineData("FROM a\nRuN\tx", "x")]
    [InlineData("\uFEFFFROM a\nRUN x", "x")]
    [InlineData("FROM a\nRUN [\"a\", 'b']", "[\"a\", 'b']")]
    [InlineData("FROM a\nRUN [ -f x ] && y", "[ -f x ] && y")]
    [InlineData("FROM a\nRUN [\"c:\\windows\"]", "[\"c:\\windows\"]")]
    [InlineData("FROM a\nRUN -- --x", "--x")]
    public void Parse_ShellForm_IsTheWholeLine(string text, string expected)
    {
        RunInstruction run = Assert.IsType<RunInstruction>(DockerfileParser.Parse(text).Stages[0].Instructions[0]);
        Assert.True(run.Command.IsShell);
        Assert.Equal(expected, Assert.Single(run.Command.Arguments));
    }

    [Theory]
    [InlineData("[\"a\"]", "a")]
    [InlineData("[ \"a\" , \"b c\" ]", "a|b c")]
    [InlineData("[\"a\\\"b\", \"\\u00e9\", \"\\t\"]", "a\"b|é|\t")]
    [InlineData("[\"$A\"]", "$A")]
    [InlineData("[]", "")]
    public void Parse_ExecForm_IsJson(string rest, string expected)
    {
        CmdInstruction cmd = Assert.IsType<CmdInstruction>(DockerfileParser.Parse("FROM a\nCMD " + rest).Stages[0].Instructions[0]);
        Assert.False(cmd.Command.IsShell);
        Assert.Equal(expected, string.Join('|', cmd.Command.Arguments));
    }

    [Theory]
    [InlineData("# escape=`\nFROM a", '`', 1)]
    [InlineData("#escape=`\nFROM a", '`', 1)]
    [InlineData("#  ESCAPE  =  ` \nFROM a", '`', 1)]
    [InlineData("# unknown=1\n# escape=`\nFROM a", '\\', 0)]
    [InlineData("# comment\n# escape=`\nFROM a", '\\', 0)]
    [InlineData("\n# escape=`\nFROM a", '\\', 0)]
    [InlineData("FROM a\n# escape=`", '\\', 0)]
    [InlineData("# syntax=x\n# check=skip=all\n# escape=`\nFROM a", '`', 3)]
    public void Parse_Directives_StandFirst(string text, char escape, int count)
    {
        DockerfileDocument document = DockerfileParser.Parse(text);
        Assert.Equal(escape, document.Escape);
        Assert.Equal(count, document.Directives.Count);
    }

    [Theory]
    [InlineData("", 0, "the Dockerfile cannot be empty")]
    [InlineData("# only\n\n", 0, "file with no instructions")]
    [InlineData("ARG x", 0, "dockerfile contains no stages to build")]
    [InlineData("RUN x", 1, "no build stage in current context")]
    [InlineData("FROM a\n\nRUNN x", 3, "unknown instruction: RUNN (did you mean RUN?)")]
    [InlineData("FROM a\nFRM x", 2, "unknown instruction: FRM (did you mean FROM?)")]
    [InlineData("FROM a\nGARBAGE x", 2, "unknown instruction: GARBAGE")]
    [InlineData("FROM a b", 1, "FROM requires either one or three arguments")]
    [InlineData("FROM", 1, "FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1b", 1, "invalid name for build stage: \"1b\", name can't start with a number or contain symbols")]
    [InlineData("FROM a AS b/c", 1, "invalid name for build stage: \"b/c\", name can't start with a number or contain symbols")]
    [InlineData("FROM --platfrom=x a", 1, "unknown flag: --platfrom (did you mean platform?)")]
    [InlineData("# escape=x\nFROM a", 1, "invalid escape token 'x' does not match ` or \\")]
    [InlineData("# escape=`\n# escape=`\nFROM a", 2, "only one escape parser directive can be used")]
    [InlineData("FROM a\nENV", 2, "ENV requires at least one argument")]
    [InlineData("FROM a\nENV x", 2, "ENV must have two arguments")]
    [InlineData("FROM a\nENV a=b c", 2, "Syntax error - can't find = in \"c\". Must be of the form: name=value")]
    [InlineData("FROM a\nENV =b", 2, "ENV names can not be blank")]
    [InlineData("FROM a\nLABEL x", 2, "LABEL must have two arguments")]
    [InlineData("FROM a\nLABEL =x", 2, "LABEL names can not be blank")]
    [InlineData("FROM a\nARG", 2, "ARG requires at least one argument")]
    [InlineData("FROM a\nARG =x", 2, "ARG names can not be blank")]
    [InlineData("FROM a\nCOPY a", 2, "COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FROM a\nADD", 2, "ADD requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FROM a\nCOPY --form=x a b", 2, "unknown flag: --form (did you mean from?)")]
    [InlineData("FROM a\nCOPY --from a b", 2, "missing a value on flag: --from")]
    [InlineData("FROM a\nCOPY --from=$x a b", 2, "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround")]
    [InlineData("FROM a\nCOPY --chown=1 --chown=2 a b", 2, "duplicate flag specified: --chown")]
    [InlineData("FROM a\nCOPY --link=maybe a b", 2, "expecting boolean value for flag --link, not: maybe")]
    [InlineData("FROM a\nCOPY --link= a b", 2, "missing a value on flag: --link")]
    [InlineData("FROM a\nCOPY --checksum=x a b", 2, "unknown flag: --checksum")]
    [InlineData("FROM a\nCOPY a <<E\nx\nE", 2, "COPY cannot accept a heredoc as a destination")]
    [InlineData("FROM a\nRUN", 2, "RUN requires at least one argument")]
    [InlineData("FROM a\nRUN <<E\nx", 2, "unterminated heredoc")]
    [InlineData("FROM a\nRUN [\"a\", 1]", 2, "when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("FROM a\nRUN --mount=type=foo x", 2, "unsupported mount type \"foo\"")]
    [InlineData("FROM a\nRUN --mount=type=cahce,target=/x x", 2, "unsupported mount type \"cahce\" (did you mean cache?)")]
    [InlineData("FROM a\nRUN --mount=type=cache,sharing=x,target=/x x", 2, "unsupported sharing value \"x\"")]
    [InlineData("FROM a\nRUN --mount=type=cache,from=$a,target=/x x", 2, "'from' doesn't support variable expansion, define alias stage instead")]
    [InlineData("FROM a\nRUN --mount=type=cache,size=1,target=/x x", 2, "unexpected key 'size' for mount type 'cache'")]
    [InlineData("FROM a\nRUN --mount=type=bind,required,target=/x x", 2, "unexpected key 'required' for mount type 'bind'")]
    [InlineData("FROM a\nRUN --mount=type=bind,mode=1,target=/x x", 2, "mode not allowed for \"bind\" type mounts")]
    [InlineData("FROM a\nRUN --mount=type=secret x", 2, "invalid secret mount. one of source, target required")]
    [InlineData("FROM a\nRUN --mount=type=secret,source=a,id=b x", 2, "both source and id can't be set")]
    [InlineData("FROM a\nRUN --mount=type=secret,id=b,sharing=shared x", 2, "secret mount should not define sharing")]
    [InlineData("FROM a\nRUN --mount=target=/x,colour=red x", 2, "unexpected key 'colour' in 'colour=red'")]
    [InlineData("FROM a\nRUN --mount=target=/x,colour x", 2, "invalid field 'colour' must be a key=value pair")]
    [InlineData("FROM a\nRUN --network=vpn x", 2, "invalid network mode \"vpn\"")]
    [InlineData("FROM a\nRUN --security=lax x", 2, "security \"lax\" is not valid")]
    [InlineData("FROM a\nONBUILD", 2, "ONBUILD requires at least one argument")]
    [InlineData("FROM a\nONBUILD onbuild RUN x", 2, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("FROM a\nONBUILD FROM b", 2, "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("FROM a\nONBUILD maintainer me", 2, "MAINTAINER isn't allowed as an ONBUILD trigger")]
    [InlineData("FROM a\nONBUILD GARBAGE", 2, "unknown instruction: GARBAGE")]
    [InlineData("FROM a\nWORKDIR", 2, "WORKDIR requires exactly one argument")]
    [InlineData("FROM a\nUSER", 2, "USER requires exactly one argument")]
    [InlineData("FROM a\nSTOPSIGNAL", 2, "STOPSIGNAL requires exactly one argument")]
    [InlineData("FROM a\nMAINTAINER", 2, "MAINTAINER requires exactly one argument")]
    [InlineData("FROM a\nEXPOSE", 2, "EXPOSE requires at least one argument")]
    [InlineData("FROM a\nVOLUME", 2, "VOLUME requires at least one argument")]
    [InlineData("FROM a\nVOLUME [\" \"]", 2, "VOLUME specified can not be an empty string")]
    [InlineData("FROM a\nSHELL", 2, "SHELL requires at least one argument")]
    [InlineData("FROM a\nSHELL []", 2, "SHELL requires at least one argument")]
    [InlineData("FROM a\nSHELL bash -c", 2, "SHELL requires the arguments to be in JSON form")]
    [InlineData("FROM a\nHEALTHCHECK", 2, "HEALTHCHECK requires at least one argument")]
    [InlineData("FROM a\nHEALTHCHECK NONE x", 2, "HEALTHCHECK NONE takes no arguments")]
    [InlineData("FROM a\nHEALTHCHECK CMD", 2, "Missing command after HEALTHCHECK CMD")]
    [InlineData("FROM a\nHEALTHCHECK FOO x", 2, "Unknown type \"FOO\" in HEALTHCHECK (try CMD)")]
    [InlineData("FROM a\nHEALTHCHECK --interval=1us CMD x", 2, "Interval \"interval\" cannot be less than 1ms")]
    [InlineData("FROM a\nHEALTHCHECK --retries=-1 CMD x", 2, "--retries cannot be negative (-1)")]
    [InlineData("FROM a\nCMD --x", 2, "unknown flag: --x")]
    public void Parse_Broken_SaysWhatAndWhere(string text, int line, string message)
    {
        DockerfileException fault = Assert.Throws<DockerfileException>(() => DockerfileParser.Parse(text));
        Assert.Equal(message, fault.Message);
        Assert.Equal(line, fault.Lines.First);
    }

    [Theory]
    [InlineData("RUN <<EOF\na\n  b\nEOF", "a\n  b\n")]
    [InlineData("RUN <<-EOF\n\ta\n\t\tb\n\tEOF", "a\nb\n")]
    [InlineData("RUN <<'EOF'\n$x\nEOF", "$x\n")]
    [InlineData("RUN <<\"E O F\"\nx\nE O F", "x\n")]
    [InlineData("RUN cat <<EOF > /f\nx\nEOF", "cat <<EOF > /f\nx\nEOF")]
    [InlineData("RUN 3<<A 4<<B x\n1\nA\n2\nB", "3<<A 4<<B x\n1\nA\n2\nB")]
    [InlineData("RUN <<A cat\n1\nA", "<<A cat\n1\nA")]
    [InlineData("RUN echo 1<<2", "echo 1<<2\n")]
    public void Parse_HeredocsOfRun_AreTheScriptOrBehindIt(string text, string expected)
    {
        if (!text.Contains('\n', System.StringComparison.Ordinal))
        {
            // What looks like one begins one.
            Assert.Equal("unterminated heredoc", Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\n" + text)).Message);
            return;
        }

        DockerfileDocument document = DockerfileParser.Parse("FROM a\n" + text + "\nUSER x\n");
        RunInstruction run = Assert.IsType<RunInstruction>(document.Stages[0].Instructions[0]);
        Assert.Equal(expected, Assert.Single(run.Command.Arguments));
        Assert.Null(run.Script);
        Assert.IsType<UserInstruction>(document.Stages[0].Instructions[1]);
    }

    [Fact]
    public void Parse_HeredocWithInterpreter_IsAScript()
    {
        RunInstruction run = Assert.IsType<RunInstruction>(
            DockerfileParser.Parse("FROM a\nRUN <<EOT\n#!/usr/bin/env python\nprint(1)\nEOT").Stages[0].Instructions[0]);
        Assert.Equal(("EOT", "#!/usr/bin/env python\nprint(1)\n"), (run.Script!.Name, run.Script.Text));
        Assert.Equal(new LineRange(2, 5), run.Lines);
    }

    [Fact]
    public void Parse_HeredocsOfCopy_AreFiles()
    {
        CopyInstruction copy = Assert.IsType<CopyInstruction>(DockerfileParser.Parse(
            "FROM a\nCOPY --chmod=755 <<a.txt x <<-'b' /d/\n$A\na.txt\n\t$B\n\tb\n").Stages[0].Instructions[0]);
        Assert.Equal(["x"], copy.Sources);
        Assert.Equal("/d/", copy.Destination);
        Assert.Equal(("a.txt", "$A\n", true), (copy.Files[0].Name, copy.Files[0].Text, copy.Files[0].Expand));
        Assert.Equal(("b", "$B\n", false), (copy.Files[1].Name, copy.Files[1].Text, copy.Files[1].Expand));
    }

    [Fact]
    public void Parse_OnBuild_KeepsTextAndParsesIt()
    {
        OnBuildInstruction trigger = Assert.IsType<OnBuildInstruction>(DockerfileParser.Parse(
            "FROM a\nonbuild  COPY <<E \\\n /x\nhi\nE\n").Stages[0].Instructions[0]);
        Assert.Equal("COPY <<E  /x\nhi\nE", trigger.Expression);
        Assert.Equal("hi\n", Assert.IsType<CopyInstruction>(trigger.Trigger).Files[0].Content);
        Assert.Equal("hi\n", Assert.IsType<CopyInstruction>(DockerfileParser.ParseTrigger(trigger.Expression)).Files[0].Content);
        Assert.Throws<DockerfileException>(() => DockerfileParser.ParseTrigger("RUN a\nRUN b"));
        Assert.Throws<DockerfileException>(() => DockerfileParser.ParseTrigger("FROM a"));
    }

    [Fact]
    public void Parse_Mounts_AreTypedWhenExpanded()
    {
        RunInstruction run = Assert.IsType<RunInstruction>(DockerfileParser.Parse(
            "FROM a\nRUN --mount=type=cache,id=$I,target=/c,sharing=locked,uid=5,mode=0700 --mount=from=b,src=/s,dst=$D,rw --mount=type=secret,id=k,env=K,required --mount=type=tmpfs,target=/t,size=1m --mount=type=ssh --network=none x")
            .Stages[0].Instructions[0]);
        Assert.Equal(["b"], run.MountSources);
        Assert.Equal("none", run.Network);
        IReadOnlyList<RunMount> mounts = run.Mounts(value => value.Replace("$I", "id", System.StringComparison.Ordinal).Replace("$D", "/d", System.StringComparison.Ordinal));
        Assert.Equal(
            [
                new RunMount { Type = RunMountType.Cache, Id = "id", Target = "/c", Sharing = CacheSharing.Locked, Uid = 5, Mode = 0b111_000_000 },
                new RunMount { Type = RunMountType.Bind, From = "b", Source = "/s", Target = "/d" },
                new RunMount { Type = RunMountType.Secret, Id = "k", Env = "K", Required = true, ReadOnly = true },
                new RunMount { Type = RunMountType.Tmpfs, Target = "/t", Size = 1 << 20 },
                new RunMount { Type = RunMountType.Ssh, ReadOnly = true },
            ],
            mounts);
    }

    [Fact]
    public void Parse_Flags_AreRead()
    {
        AddInstruction add = Assert.IsType<AddInstruction>(DockerfileParser.Parse(
            "FROM a\nADD --chown=\"a b\":c --chmod=u=rwX,go=rX --link --exclude=*.md --exclude=x --checksum=sha256:1 --keep-git-dir=true --unpack=false [\"a b\", \"/c d/\"]")
            .Stages[0].Instructions[0]);
        Assert.Equal(("a b:c", "u=rwX,go=rX", "sha256:1"), (add.Chown, add.Chmod, add.Checksum));
        Assert.Equal((true, true, false), (add.Link, add.KeepGitDirectory, add.Unpack));
        Assert.Equal(["*.md", "x"], add.Excludes);
        Assert.Equal("a b", Assert.Single(add.Sources));
        Assert.Equal("/c d/", add.Destination);
    }

    [Theory]
    [InlineData("ENV a=b c='d e' f=\"g h\" i=j\\ k", "a=b|c='d e'|f=\"g h\"|i=j\\ k")]
    [InlineData("ENV a b  c", "a=b  c")]
    [InlineData("ENV a b=c", "a=b=c")]
    [InlineData("ENV a=", "a=")]
    [InlineData("ENV a=b=c", "a=b=c")]
    [InlineData("ENV a=b \\\n  c=d", "a=b|c=d")]
    public void Parse_Env_HasPairsAsWritten(string text, string expected)
    {
        EnvInstruction env = Assert.IsType<EnvInstruction>(DockerfileParser.Parse("FROM a\n" + text).Stages[0].Instructions[0]);
        Assert.Equal(expected, string.Join('|', env.Variables.Select(pair => $"{pair.Name}={pair.Value}")));
    }

    [Fact]
    public void Parse_Healthcheck_IsTyped()
    {
        HealthcheckInstruction probe = Assert.IsType<HealthcheckInstruction>(DockerfileParser.Parse(
            "FROM a\nHEALTHCHECK --interval=1m30s --retries=3 cmd [\"x\"]").Stages[0].Instructions[0]);
        Assert.Equal((90.0, 3, false), (probe.Interval.TotalSeconds, probe.Retries, probe.Command!.IsShell));
        Assert.Null(Assert.IsType<HealthcheckInstruction>(DockerfileParser.Parse("FROM a\nHEALTHCHECK none").Stages[0].Instructions[0]).Command);
    }

    [Fact]
    public void Parse_EmptyContinuations_AreNoted() => Assert.Equal(
        [new LineRange(4, 4)], DockerfileParser.Parse("FROM a\nRUN x \\\n\n y\nRUN a \\\n # c\n b").EmptyContinuations);

    [Fact]
    public void Render_ShowsTheLines()
    {
        DockerfileException fault = Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\nUSER x\nRUNN \\\n y\n\nUSER z\nUSER q"));
        Assert.Equal("dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)", fault.FullMessage);
        Assert.Equal(
            "Dockerfile:3\n--------------------\n   2 |     USER x\n   3 | >>> RUNN \\\n   4 | >>>  y\n   5 |     \n--------------------",
            fault.Render("Dockerfile", ["FROM a", "USER x", "RUNN \\", " y", "", "USER z", "USER q"]));
    }

    [Fact]
    public void Parse_Hostile_IsBounded()
    {
        Assert.Contains("greater than max allowed size", Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\nRUN " + new string('x', 70_000))).Message, System.StringComparison.Ordinal);
        Assert.Contains("larger than", Assert.Throws<DockerfileException>(() => DockerfileParser.Parse(new byte[(2 << 20) + 1])).Message, System.StringComparison.Ordinal);
        Assert.Contains("instructions at most", Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\n" + string.Concat(Enumerable.Repeat("USER x\n", 20_001)))).Message, System.StringComparison.Ordinal);
        Assert.Contains("stages at most", Assert.Throws<DockerfileException>(() => DockerfileParser.Parse(string.Concat(Enumerable.Repeat("FROM x\n", 1_001)))).Message, System.StringComparison.Ordinal);
        // A million continuation lines are one instruction.
        Assert.Single(DockerfileParser.Parse(Encoding.UTF8.GetBytes("FROM a\nRUN x\\\n" + string.Concat(Enumerable.Repeat("\\\n", 900_000)))).Stages[0].Instructions);
        Assert.Throws<DockerfileException>(() => DockerfileParser.Parse("FROM a\nRUN " + string.Concat(Enumerable.Repeat("<<A ", 10_000))));
    }
}
