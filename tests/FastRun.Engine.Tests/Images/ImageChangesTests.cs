using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Images;

public sealed class ImageChangesTests
{
    private static readonly ContainerConfig s_config = new()
    {
        Env = ["PATH=/bin", "A=1"],
        Cmd = ["old"],
        WorkingDir = "/srv",
        Labels = new Dictionary<string, string> { ["kept"] = "1" },
        ExposedPorts = ConfigChanges.Set(["80/tcp"]),
        Volumes = ConfigChanges.Set(["/data"]),
        OnBuild = ["RUN first"],
    };

    [Theory]
    [InlineData("CMD [\"a\", \"b c\"]", new[] { "a", "b c" })]
    [InlineData("cmd a b", new[] { "/bin/sh", "-c", "a b" })]
    [InlineData("CMD [not json", new[] { "/bin/sh", "-c", "[not json" })]
    public void Cmd_ListOrShell(string change, string[] expected) => Assert.Equal(expected, Apply(change).Cmd);

    [Fact]
    public void Entrypoint_TakesTheImagesCommandAway_ButNotOneThatWasGiven()
    {
        Assert.Null(Apply("ENTRYPOINT [\"/e\"]").Cmd);
        ContainerConfig both = Apply("CMD [\"c\"]", "ENTRYPOINT [\"/e\"]");
        Assert.Equal(["/e"], both.Entrypoint);
        Assert.Equal(["c"], both.Cmd);
        Assert.Equal(["/bin/ash", "-e", "run"], ImageChanges.Apply(s_config with { Shell = ["/bin/ash", "-e"] }, ["ENTRYPOINT run"]).Entrypoint);
    }

    [Fact]
    public void Env_ReplacesAddsAndExpands()
    {
        Assert.Equal(["PATH=/bin:/more", "A=1"], Apply("ENV PATH=$PATH:/more").Env);
        Assert.Equal(["PATH=/bin", "A=2", "B=x y", "C=1"], Apply("ENV A=2 B=\"x y\" C=$A").Env);
        Assert.Equal(["PATH=/bin", "A=1", "D=all that follows"], Apply("ENV D all that follows").Env);
        Assert.Equal(["PATH=/bin", "A=1", "E="], Apply("ENV E=").Env);
    }

    [Fact]
    public void Label_Expose_Volume_OnBuild_AddToWhatThereIs()
    {
        Assert.Equal([("kept", "1"), ("own", "a b")], Apply("LABEL own=\"a b\"").Labels!.Select(static pair => (pair.Key, pair.Value)));
        Assert.Equal(["53/udp", "80/tcp", "8080/tcp", "8081/tcp"], Apply("EXPOSE 8080-8081 53/UDP").ExposedPorts!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["/a", "/b", "/data"], Apply("VOLUME /a /b").Volumes!.Keys);
        Assert.Equal(["/a b", "/data"], Apply("VOLUME [\"/a b\"]").Volumes!.Keys);
        Assert.Equal(["/b", "/data"], Apply("VOLUME [\"/b\"]").Volumes!.Keys);
        Assert.Equal(["RUN first", "RUN second"], Apply("ONBUILD RUN second").OnBuild);
    }

    [Theory]
    [InlineData("WORKDIR /abs", "/abs")]
    [InlineData("WORKDIR below", "/srv/below")]
    [InlineData("WORKDIR $A", "/srv/1")]
    public void Workdir_RelativeToWhatItWas(string change, string expected) => Assert.Equal(expected, Apply(change).WorkingDir);

    [Fact]
    public void Healthcheck_ItsFlagsAndForms()
    {
        HealthcheckConfig shell = Apply("HEALTHCHECK --interval=5s --timeout=100ms --start-period=1m --retries=4 CMD curl -f x").Healthcheck!;
        Assert.Equal(["CMD-SHELL", "curl -f x"], shell.Test);
        Assert.Equal((5_000_000_000L, 100_000_000L, 60_000_000_000L, 4), (shell.Interval!.Value, shell.Timeout!.Value, shell.StartPeriod!.Value, shell.Retries!.Value));
        Assert.Equal(["CMD", "/probe", "-x"], Apply("HEALTHCHECK CMD [\"/probe\", \"-x\"]").Healthcheck!.Test);
        Assert.Equal(["NONE"], Apply("HEALTHCHECK none").Healthcheck!.Test);
    }

    [Fact]
    public void Lines_CommentsAndContinuations_AreADockerfiles()
    {
        ContainerConfig config = Apply("# a comment\nUSER me\n\nENV B=1 \\\n  C=2\nSTOPSIGNAL SIGUSR1");
        Assert.Equal(("me", "SIGUSR1"), (config.User, config.StopSignal));
        Assert.Equal(["PATH=/bin", "A=1", "B=1", "C=2"], config.Env);
    }

    [Theory]
    [InlineData("FROM x", "from is not a valid change command")]
    [InlineData("RUN x", "run is not a valid change command")]
    [InlineData("nonsense", "unknown instruction: nonsense")]
    [InlineData("ENV", "ENV requires at least one argument")]
    [InlineData("LABEL", "LABEL requires at least one argument")]
    [InlineData("ENV A", "ENV must have two arguments")]
    [InlineData("ENV A=1 B", "can't find = in \"B\"")]
    [InlineData("ENV =1", "ENV names can not be blank")]
    [InlineData("EXPOSE 0", "invalid containerPort: 0")]
    [InlineData("EXPOSE 65536", "invalid containerPort: 65536")]
    [InlineData("EXPOSE 9-8", "invalid containerPort: 9-8")]
    [InlineData("EXPOSE 1/icmp", "invalid port: \"1/icmp\": invalid proto: icmp")]
    [InlineData("STOPSIGNAL SIGNONE", "SIGNONE")]
    [InlineData("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK RUN x", "\"RUN\" in HEALTHCHECK (try CMD)")]
    [InlineData("HEALTHCHECK --nope=1 CMD x", "unknown flag: --nope")]
    [InlineData("ONBUILD ONBUILD RUN x", "Chaining ONBUILD")]
    [InlineData("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger")]
    public void Apply_Wrong_IsRefused(string change, string problem)
    {
        EngineException refused = Assert.Throws<EngineException>(() => Apply(change));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    private static ContainerConfig Apply(params string[] changes) => ImageChanges.Apply(s_config, changes);
}
