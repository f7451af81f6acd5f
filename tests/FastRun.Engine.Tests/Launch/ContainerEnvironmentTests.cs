using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

public sealed class ContainerEnvironmentTests
{
    private const string Path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static List<string> Of(string[] image, string[] request, bool tty = false, params string[] links) => ContainerEnvironment.Of(
        new ContainerCreateRequest { Image = "i", Env = request, Tty = tty }, TestRecord.Of(env: image), "box", "/home/ann", links);

    [Fact]
    public void Of_NothingSaid_HasDockersDefaults()
    {
        Assert.Equal([Path, "HOSTNAME=box", "HOME=/home/ann"], Of([], []));
        Assert.Equal([Path, "HOSTNAME=box", "TERM=xterm", "HOME=/home/ann"], Of([], [], tty: true));
    }

    [Fact]
    public void Of_Links_StandBelowTheImagesAndTheRequests() => Assert.Equal(
        [Path, "HOSTNAME=box", "DB_NAME=/web/db", "DB_PORT=image", "DB_ENV_A=request", "HOME=/home/ann"],
        Of(["DB_PORT=image"], ["DB_ENV_A=request"], links: ["DB_NAME=/web/db", "DB_PORT=tcp://10.0.0.2:1", "DB_ENV_A=1"]));

    [Fact]
    public void Of_SameNameTwice_LaterOneWinsInTheFirstOnesPlace()
    {
        Assert.Equal(
            ["PATH=/image", "HOSTNAME=mine", "A=3", "AB=", "HOME=/home/ann"],
            Of(["PATH=/image", "A=1", "AB="], ["A=2", "HOSTNAME=mine", "A=3"]));
    }

    [Fact]
    public void Of_Home_IsTheUsersUnlessSet()
    {
        Assert.Contains("HOME=/elsewhere", Of(["HOME=/elsewhere"], []));
        Assert.Contains("HOME=/home/ann", Of(["HOME="], []));
    }

    [Fact]
    public void Of_NameWithoutValue_TakesTheCallersOrGoesAway()
    {
        string path = System.Environment.GetEnvironmentVariable("PATH")!;

        List<string> environment = Of(["FASTRUN_TEST_NEVER_SET=1", "KEPT=1"], ["PATH", "FASTRUN_TEST_NEVER_SET"]);

        Assert.Equal(["PATH=" + path, "HOSTNAME=box", "KEPT=1", "HOME=/home/ann"], environment);
    }

    [Fact]
    public void Of_Host_GivesNothingOfTheCallersButWhatFindsPrograms()
    {
        System.Environment.SetEnvironmentVariable("FASTRUN_TEST_SECRET", "s");

        List<string> environment =
            ContainerEnvironment.Of(new ContainerCreateRequest { Image = "host" }, null, "box", "/root", []);

        Assert.DoesNotContain(environment, variable => variable.StartsWith("FASTRUN_TEST_SECRET", System.StringComparison.Ordinal));
        Assert.Equal(System.Environment.GetEnvironmentVariable("PATH"), ContainerEnvironment.Value(environment, "PATH"));
    }

    [Theory]
    [InlineData("A", "1=2")]
    [InlineData("AB", "")]
    [InlineData("B", "")]
    public void Value_IsWhatFollowsTheFirstEqualsSign(string name, string value) =>
        Assert.Equal(value, ContainerEnvironment.Value(["A=1=2", "AB="], name));
}
