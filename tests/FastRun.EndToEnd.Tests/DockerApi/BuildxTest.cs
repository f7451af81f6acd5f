using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Tests of builds that buildx asks for, with its docker driver.</summary>
public abstract class BuildxTest : ApiBuildTest
{
    private protected BuildxTest(TestImages images)
        : base(images)
    {
        Assert.SkipWhen(CliPlugins.Missing("buildx") is not null, CliPlugins.Missing("buildx") ?? "");
        CliPlugins.Install(Configuration);
    }

    private protected override bool WithBuildKit => true;
}
