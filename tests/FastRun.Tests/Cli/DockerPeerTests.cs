using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Options;

namespace FastRun.Tests.Cli;

/// <summary>The docker command line is given the same wrong words; it must refuse them in the same ones.</summary>
public sealed class DockerPeerTests
{
    private const string Docker = "/usr/local/bin/docker";

    [Theory]
    [InlineData("--foo")]
    [InlineData("-Z")]
    [InlineData("-itZ")]
    [InlineData("---x")]
    [InlineData("--=x")]
    [InlineData("-=x")]
    [InlineData("-m")]
    [InlineData("--memory")]
    [InlineData("-itm")]
    [InlineData("-m abc")]
    [InlineData("-m 5x")]
    [InlineData("-m 5kbb")]
    [InlineData("--memory=-1")]
    [InlineData("--memory-swap=abc")]
    [InlineData("--shm-size -1")]
    [InlineData("--cpus abc")]
    [InlineData("--cpus 0.0000000001")]
    [InlineData("-c x")]
    [InlineData("--cpu-shares 99999999999999999999")]
    [InlineData("--pids-limit 1.5")]
    [InlineData("--blkio-weight 99999")]
    [InlineData("--blkio-weight -1")]
    [InlineData("--blkio-weight-device /dev/sda")]
    [InlineData("--blkio-weight-device sda:100")]
    [InlineData("--blkio-weight-device /dev/sda:9")]
    [InlineData("--blkio-weight-device /dev/sda:1001")]
    [InlineData("--blkio-weight-device /dev/sda:x")]
    [InlineData("--device-read-bps /dev/sda")]
    [InlineData("--device-read-bps sda:1mb")]
    [InlineData("--device-read-bps /dev/sda:fast")]
    [InlineData("--device-read-bps /dev/sda:-1")]
    [InlineData("--device-write-bps /dev/sda:1:2")]
    [InlineData("--device-write-bps :1")]
    [InlineData("--device-read-iops /dev/sda:1k")]
    [InlineData("--device-write-iops /dev/sda:-5")]
    [InlineData("--device-write-iops /dev/sda:")]
    [InlineData("--device-cgroup-rule foo")]
    [InlineData("--device-cgroup-rule c:1:3:rwm")]
    [InlineData("--memory-reservation abc")]
    [InlineData("--memory-swappiness x")]
    [InlineData("--oom-score-adj x")]
    [InlineData("--oom-kill-disable=3")]
    [InlineData("--cpu-period x")]
    [InlineData("--cpu-quota 1.5")]
    [InlineData("--ulimit foo")]
    [InlineData("--ulimit foo=1")]
    [InlineData("--ulimit nofile=2:1")]
    [InlineData("--init=3")]
    [InlineData("--read-only=")]
    [InlineData("-it=3")]
    [InlineData("--help=3")]
    [InlineData("-e =")]
    [InlineData("-l =")]
    [InlineData("--add-host foo")]
    [InlineData("--add-host a:b")]
    [InlineData("--dns foo")]
    [InlineData("--mount type=bind,src=/a")]
    [InlineData("--mount type=bind,src=/a,dst=/b,foo=1")]
    [InlineData("--mount type=bind,src=/a,dst=/b,foo")]
    [InlineData("--mount type=tmpfs,dst=/b,bind-propagation=rslave")]
    [InlineData("--mount type=bind,src=/a,dst=/b,ro=xx")]
    [InlineData("--mount type=tmpfs,dst=/b,tmpfs-mode=9")]
    [InlineData("--mount type=tmpfs,dst=/b,tmpfs-size=a")]
    public void Parse_WrongFlag_IsRefusedAsDockerDoes(string arguments)
    {
        if (!File.Exists(Docker))
        {
            Assert.Skip("the docker command line is not installed");
        }

        string[] words = arguments.Split(' ');
        var table = new ExecCommand().BuildOptions();
        UsageException e = Assert.Throws<UsageException>(
            () => new OptionParser(table).Parse(words, interspersed: false, new List<string>()));

        Assert.Equal(FirstLineOfDocker(words), e.Message);
    }

    private static string? FirstLineOfDocker(string[] words)
    {
        var start = new ProcessStartInfo(Docker) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOCKER_HOST"] = "unix:///nonexistent.sock";
        start.ArgumentList.Add("run");
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        string? line = process.StandardError.ReadLine();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return line;
    }
}
