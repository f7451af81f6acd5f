using System.Diagnostics;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Supervision;

namespace FastRun.Engine.Tests.Supervision;

public sealed class RestartDelayTests
{
    private long _now = 1;

    [Fact]
    public void Next_No_IsNever() => Assert.Null(Delay(RestartPolicyName.No).Next(Exited(1)));

    [Fact]
    public void Next_Always_DoublesFrom100Milliseconds()
    {
        RestartDelay delay = Delay(RestartPolicyName.Always);

        Assert.Equal([100, 200, 400, 800], [Next(delay, 0), Next(delay, 0), Next(delay, 0), Next(delay, 0)]);
        Assert.Equal(4, delay.Restarts);
    }

    [Fact]
    public void Next_Always_IsAtMostAMinute()
    {
        RestartDelay delay = Delay(RestartPolicyName.Always);
        double longest = 0;
        for (int i = 0; i < 20; i++)
        {
            longest = Next(delay, 0);
        }

        Assert.Equal(60_000, longest);
    }

    [Fact]
    public void Next_OnFailure_OnlyWhenItFailedAndNotTooOften()
    {
        RestartDelay delay = Delay(RestartPolicyName.OnFailure, 2);

        Assert.Null(delay.Next(Exited(0)));
        Assert.NotNull(delay.Next(Exited(1)));
        Assert.NotNull(delay.Next(Exited(137)));
        Assert.Null(delay.Next(Exited(1)));
    }

    [Fact]
    public void Next_NeverStarted_IsNever() =>
        Assert.Null(new RestartDelay(new RestartPolicy(RestartPolicyName.Always), () => _now).Next(Exited(127)));

    [Fact]
    public void Next_AfterARunOfTenSeconds_BeginsAnew()
    {
        RestartDelay delay = Delay(RestartPolicyName.Always);
        Assert.Equal([100, 200, 400], [Next(delay, 0), Next(delay, 0), Next(delay, 0)]);

        delay.Started();
        _now += 9 * Stopwatch.Frequency;
        Assert.Equal(800, Next(delay, 0));
        delay.Started();
        _now += 10 * Stopwatch.Frequency;
        Assert.Equal(100, Next(delay, 0));
    }

    [Fact]
    public void Next_AfterStartsThatFailed_GoesOnDoubling()
    {
        RestartDelay delay = Delay(RestartPolicyName.Always);
        Assert.Equal(100, Next(delay, 1));

        // Nothing ran since, however long ago that was.
        _now += 60 * Stopwatch.Frequency;
        Assert.Equal([200, 400], [Next(delay, 127), Next(delay, 127)]);
    }

    private RestartDelay Delay(RestartPolicyName name, int retries = 0)
    {
        RestartDelay delay = new(new RestartPolicy(name, retries), () => _now);
        delay.Started();
        return delay;
    }

    private static double Next(RestartDelay delay, int code) => delay.Next(Exited(code)).GetValueOrDefault().TotalMilliseconds;

    private static ContainerState Exited(int code) => new() { Status = ContainerStatus.Exited, ExitCode = code };
}
