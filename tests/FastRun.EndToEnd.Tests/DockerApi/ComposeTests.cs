using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary><c>docker compose</c> against <c>fastrun daemon</c>: five projects as people have them.</summary>
public sealed class ComposeTests : NetworkTest
{
    /// <summary>A server that waits until what it needs is healthy.</summary>
    private const string Shop = """
        services:
          db:
            image: busybox:test
            command: ["sh", "-c", "test -e /data/rows || echo first > /data/rows; touch /tmp/up; exec nc -ll -p 5432 -e cat /data/rows"]
            volumes: ["data:/data"]
            healthcheck:
              test: ["CMD", "test", "-e", "/tmp/up"]
              interval: 1s
              timeout: 30s
              retries: 60
          web:
            image: busybox:test
            command: ["sh", "-c", "mkdir -p /www; nc db 5432 > /www/index.html < /dev/null; echo serving; exec httpd -f -p 8080 -h /www"]
            depends_on:
              db:
                condition: service_healthy
            ports: ["127.0.0.1::8080"]
            stop_signal: SIGKILL
        volumes:
          data:
        """;

    /// <summary>Three tiers, of which the outer cannot reach the inner.</summary>
    private const string Tiers = """
        services:
          proxy:
            image: busybox:test
            init: true
            command: ["sleep", "1000"]
            networks: [front]
          app:
            image: busybox:test
            init: true
            command: ["sleep", "1000"]
            networks:
              front:
                aliases: [api.example]
              back:
                ipv4_address: 10.99.7.20
          db:
            image: busybox:test
            command: ["nc", "-ll", "-p", "5432", "-e", "echo", "rows"]
            networks: [back]
        networks:
          front:
          back:
            internal: true
            ipam:
              config: [{subnet: 10.99.7.0/24}]
        """;

    /// <summary>What is only there when asked for, and what must have ended first.</summary>
    private const string Profiles = """
        services:
          migrate:
            image: busybox:test
            command: ["sh", "-c", "echo migrated > /state/version"]
            volumes: ["state:/state"]
            network_mode: none
          app:
            image: busybox:test
            init: true
            command: ["sh", "-c", "cat /state/version; exec sleep 1000"]
            volumes: ["state:/state:ro"]
            network_mode: none
            depends_on:
              migrate:
                condition: service_completed_successfully
          debug:
            image: busybox:test
            init: true
            command: ["sleep", "1000"]
            network_mode: "service:app"
            profiles: [debug]
          task:
            image: busybox:test
            entrypoint: ["sh", "-c", "echo task $$0; exit $${CODE:-0}"]
            network_mode: none
            profiles: [tools]
        volumes:
          state:
        """;

    /// <summary>What comes from other files and from the environment.</summary>
    private const string Configured = """
        x-common: &common
          image: busybox:${TAG:-test}
          network_mode: none
        services:
          app:
            <<: *common
            extends:
              file: base.yaml
              service: base
            env_file: [app.env]
            environment:
              FROM_FILE: ${FROM_SHELL:?must be set}
            configs:
              - source: settings
                target: /etc/settings.conf
              - source: inline
                target: /etc/inline.conf
            secrets: [password, token]
            command: ["sh", "-c", "cat /etc/settings.conf /etc/inline.conf /run/secrets/password /run/secrets/token; env | sort | grep ^FROM_; echo $$BASE"]
        configs:
          settings:
            file: ./settings.conf
          inline:
            content: |
              inline ${FROM_SHELL}
        secrets:
          password:
            file: ./password.txt
          token:
            environment: API_TOKEN
        """;

    /// <summary>Storage and limits of every kind.</summary>
    private const string Everything = """
        services:
          app:
            image: busybox:test
            network_mode: none
            command: ["sleep", "1000"]
            init: true
            read_only: true
            hostname: box
            user: "1000"
            working_dir: /tmp
            volumes:
              - /anonymous
              - named:/named
              - type: volume
                source: labelled
                target: /labelled
                volume: {nocopy: true}
              - type: bind
                source: ./data
                target: /bound
                read_only: true
              - type: tmpfs
                target: /scratch
                tmpfs: {size: 1048576, mode: 0o1777}
            tmpfs: [/run, "/other:size=64k"]
            ulimits:
              nofile: {soft: 512, hard: 1024}
              nproc: 200
            shm_size: 32m
            cap_drop: [ALL]
            cap_add: [CHOWN]
            security_opt: [no-new-privileges]
            sysctls: {net.ipv4.ip_forward: "1"}
            pids_limit: 50
            restart: unless-stopped
            stop_grace_period: 3s
            labels: {team: "a b"}
            logging:
              driver: json-file
              options: {max-size: 1m, max-file: "2"}
            dns: [192.0.2.53]
            extra_hosts: ["elsewhere:192.0.2.7"]
        volumes:
          named:
          labelled:
            name: shared-volume
            labels: {kept: "yes"}
        """;

    private readonly EngineDaemon _daemon;

    public ComposeTests(TestImages images)
        : base(images)
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().ToArray());
        Run("import", tar, "busybox:test").Exits(0);
        _daemon = new EngineDaemon(Roots, HostCommand);
    }

    [Fact]
    public void Up_WaitsForHealth_AndServesByAPublishedPort()
    {
        ComposeProject shop = Project("shop", Shop);
        shop.Up();

        Assert.Equal("db-1 running\nweb-1 running", shop.States());
        Assert.Equal("first", Page(shop, 1));
        Assert.Contains("web-1  | serving\n", shop.Run("logs", "--no-color").Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("httpd -f -p 8080", shop.Run("top", "web").Output, StringComparison.Ordinal);
        Assert.Equal("db\nweb", shop.Run("config", "--services").Output);
        Assert.Contains("busybox", shop.Run("images", "web").Output, StringComparison.Ordinal);
        Assert.Contains("(healthy)", shop.Run("ps", "db", "--format", "{{.Status}}").Output, StringComparison.Ordinal);
        Assert.StartsWith("shop", Assert.Single(shop.Run("ls", "--format", "table").Lines[1..]), StringComparison.Ordinal);

        shop.Down();
        Assert.Equal("", _daemon.Docker("ps", "-aq").Run().Output);
        Assert.Equal("", _daemon.Docker("volume", "ls", "-q").Run().Output);
        Assert.Equal("", _daemon.Docker("network", "ls", "-q", "-f", "label=com.docker.compose.project").Run().Output);
    }

    [Fact]
    public void Exec_Copy_AndRun_ReachTheServices()
    {
        ComposeProject shop = Project("shop", Shop);
        shop.Up();

        Command cat = shop.Command("exec", "-T", "-e", "A=b", "db", "sh", "-c", "cat; echo $A; exit 9") with { Stdin = "piped\n" };
        CommandResult result = cat.Run().Exits(9);
        Assert.Equal("piped\nb\n", result.Stdout);
        shop.Write("row", "second\n");
        shop.Run("cp", "row", "db:/data/rows").Exits(0);
        shop.Run("cp", "db:/data/rows", "back").Exits(0);
        Assert.Equal("second\n", File.ReadAllText(Path.Combine(shop.Directory, "back")));
        Assert.Equal("second", shop.Run("run", "--rm", "-T", "web", "nc", "db", "5432").Output);
        shop.Run("run", "--rm", "--no-deps", "-T", "web", "sh", "-c", "exit 5").Exits(5);
        Assert.Equal("db-1 running\nweb-1 running", shop.States());
        shop.Down();
    }

    [Fact]
    public void Lifecycle_EachCommand_ChangesTheStates()
    {
        ComposeProject shop = Project("shop", Shop);
        shop.Up();

        shop.Run("pause", "db").Exits(0);
        Assert.Equal("db-1 paused\nweb-1 running", shop.States());
        shop.Run("unpause", "db").Exits(0);
        shop.Run("kill", "web").Exits(0);
        Assert.Equal("db-1 running\nweb-1 exited", shop.States());
        shop.Run("start").Exits(0);
        shop.Run("restart", "-t", "0").Exits(0);
        Assert.Equal("db-1 running\nweb-1 running", shop.States());
        shop.Run("stop", "-t", "0").Exits(0);
        Assert.Equal("db-1 exited\nweb-1 exited", shop.States());
        shop.Run("rm", "-f", "web").Exits(0);
        Assert.Equal("db-1 exited", shop.States());
        shop.Down();
    }

    [Fact]
    public void Scale_UpAndDown_LeavesTheOthersAlone()
    {
        ComposeProject shop = Project("shop", Shop);
        shop.Up();
        string id = shop.Run("ps", "-q", "db").Output;

        shop.Up("--scale", "web=3");
        Assert.Equal("db-1 running\nweb-1 running\nweb-2 running\nweb-3 running", shop.States());
        Assert.Equal("first", Page(shop, 3));
        shop.Run("scale", "web=1").Exits(0);
        Assert.Equal("db-1 running\nweb-1 running", shop.States());
        Assert.Equal(id, shop.Run("ps", "-q", "db").Output);
        shop.Down();
    }

    [Fact]
    public void Recreate_OfAChangedService_KeepsNameAndVolumes()
    {
        ComposeProject shop = Project("shop", Shop);
        shop.Up();
        shop.Run("exec", "-T", "db", "sh", "-c", "echo kept > /data/rows").Exits(0);
        string before = shop.Run("ps", "-q", "db").Output;

        shop.Write("compose.yaml", Shop.Replace("retries: 60", "retries: 61", StringComparison.Ordinal));
        shop.Up();

        Assert.NotEqual(before, shop.Run("ps", "-q", "db").Output);
        Assert.Equal("db-1 running\nweb-1 running", shop.States());
        Assert.Equal("kept", shop.Run("exec", "-T", "db", "cat", "/data/rows").Output);
        shop.Run("up", "-d", "--force-recreate", "--renew-anon-volumes").Exits(0);
        Assert.Equal("kept", Page(shop, 1));
        shop.Down();
    }

    [Fact]
    public void Networks_KeepApart_WhatSharesNone()
    {
        ComposeProject tiers = Project("tiers", Tiers);
        tiers.Up();

        Assert.Equal("rows", tiers.Run("exec", "-T", "app", "nc", "-w", "30", "db", "5432").Output);
        Assert.Contains("10.99.7.20", tiers.Run("exec", "-T", "app", "ip", "-4", "-o", "addr").Output, StringComparison.Ordinal);
        tiers.Run("exec", "-T", "proxy", "ping", "-c", "1", "-W", "30", "api.example").Exits(0);
        tiers.Run("exec", "-T", "proxy", "nslookup", "db").Exits(1);
        Assert.Equal("true", _daemon.Docker("network", "inspect", "-f", "{{.Internal}}", "tiers_back").Run().Output);
        Assert.Equal("2", _daemon.Docker("network", "inspect", "-f", "{{len .Containers}}", "tiers_back").Run().Output);
        Assert.DoesNotContain("default", tiers.Run("exec", "-T", "db", "ip", "route").Output, StringComparison.Ordinal);
        tiers.Down();
    }

    [Fact]
    public void Profiles_AreLeftOut_UntilTheyAreNamed()
    {
        ComposeProject project = Project("profiles", Profiles);
        project.Up();
        Assert.Equal("app-1 running\nmigrate-1 exited", project.States());
        Assert.Contains("migrated", project.Run("logs", "--no-log-prefix", "app").Output, StringComparison.Ordinal);

        project.Run("--profile", "debug", "up", "-d").Exits(0);
        Assert.Equal("app-1 running\ndebug-1 running\nmigrate-1 exited", project.States());
        Assert.Equal(
            project.Run("exec", "-T", "app", "readlink", "/proc/self/ns/net").Output,
            project.Run("--profile", "debug", "exec", "-T", "debug", "readlink", "/proc/self/ns/net").Output);
        Assert.Equal("task of-mine", project.Run("run", "--rm", "-T", "task", "of-mine").Output);
        project.Run("run", "--rm", "-T", "-e", "CODE=6", "task").Exits(6);
        project.Run("--profile", "*", "down", "-v", "-t", "0").Exits(0);
        Assert.Equal("", _daemon.Docker("ps", "-aq").Run().Output);
    }

    [Fact]
    public void Configured_ByFilesAndTheEnvironment_SeesAllOfIt()
    {
        ComposeProject project = Project("configured", Configured);
        project.Write("base.yaml", """
            services:
              base:
                environment: {BASE: base, FROM_FILE: lost}
                labels: {from: base}
            """);
        project.Write("app.env", "FROM_ENV_FILE=\"quoted value\"\nFROM_FILE=lost-too\n");
        project.Write("settings.conf", "settings\n");
        project.Write("password.txt", "hunter2\n");
        project.Environment["FROM_SHELL"] = "shell";
        project.Environment["API_TOKEN"] = "token-of-the-environment";

        CommandResult up = project.Run("up", "--no-log-prefix", "--abort-on-container-exit", "--exit-code-from", "app").Exits(0);

        foreach (string line in new[]
        {
            "settings", "inline shell", "hunter2", "token-of-the-environment", "FROM_ENV_FILE=quoted value", "FROM_FILE=shell", "base",
        })
        {
            Assert.Contains(line, up.Stdout, StringComparison.Ordinal);
        }

        Assert.Equal("base", _daemon.Docker("inspect", "-f", "{{index .Config.Labels \"from\"}}", "configured-app-1").Run().Output);
        project.Environment.Remove("FROM_SHELL");
        Assert.Contains("must be set", project.Run("config", "-q").Stderr, StringComparison.Ordinal);
        project.Environment["FROM_SHELL"] = "shell";
        project.Down();
    }

    [Fact]
    public void Everything_OfStorageAndLimits_IsAsItSays()
    {
        ComposeProject project = Project("everything", Everything);
        project.Write("data/file", "bound\n");
        project.Up();
        Command shell = project.Command("exec", "-T", "app", "sh") with
        {
            Stdin = """
                hostname; id -u; pwd; cat /bound/file
                touch /bound/x /x 2>/dev/null || echo read-only
                ulimit -n; ulimit -Hn
                df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2
                df -k /scratch | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2
                df -k /other | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2
                cat /proc/sys/net/ipv4/ip_forward
                grep -c elsewhere /etc/hosts; grep -o 192.0.2.53 /etc/resolv.conf
                grep NoNewPrivs /proc/1/status | cut -f 2
                tr '\0' ' ' < /proc/1/cmdline; echo
                """,
        };
        string[] lines = shell.Run().Lines;

        Assert.Equal(["box", "1000", "/tmp", "bound", "read-only", "512", "1024", "32768", "1024", "64", "1", "1", "192.0.2.53", "1"], lines[..14]);
        Assert.Contains("sleep 1000", lines[14], StringComparison.Ordinal);
        Assert.Equal(
            "unless-stopped 50 json-file 1m a b",
            _daemon.Docker("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.PidsLimit}} {{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config \"max-size\"}} {{.Config.Labels.team}}", "everything-app-1").Run().Output);
        Assert.Equal("yes", _daemon.Docker("volume", "inspect", "-f", "{{.Labels.kept}}", "shared-volume").Run().Output);
        Assert.Equal(3, _daemon.Docker("volume", "ls", "-q").Run().Lines.Length);

        // Without -v named volumes stay; a second down with it takes them.
        project.Run("down", "-t", "0").Exits(0);
        Assert.Contains("shared-volume", _daemon.Docker("volume", "ls", "-q").Run().Lines);
        project.Up();
        project.Down();
        Assert.DoesNotContain("shared-volume", _daemon.Docker("volume", "ls", "-q").Run().Lines);
    }

    [Fact]
    public void Up_InTheForeground_ShowsTheOutputAndEndsWithTheExitCode()
    {
        ComposeProject project = Project("attached", """
            services:
              a: {image: "busybox:test", network_mode: none, volumes: ["shared:/shared"], command: ["sh", "-c", "until test -e /shared/b; do sleep 0.1; done; echo from a; exit 4"]}
              b: {image: "busybox:test", network_mode: none, volumes: ["shared:/shared"], command: ["sh", "-c", "echo from b; touch /shared/b; exec sleep 1000"], init: true}
            volumes:
              shared:
            """);

        CommandResult up = project.Run("up", "--exit-code-from", "a", "-t", "0").Exits(4);

        Assert.Contains("a-1  | from a\n", up.Stdout, StringComparison.Ordinal);
        Assert.Contains("b-1  | from b\n", up.Stdout, StringComparison.Ordinal);
        project.Down();
    }

    [Fact]
    public async Task Events_OfAProject_AreToldAsTheyHappen()
    {
        ComposeProject project = Project("told", """
            services:
              a: {image: "busybox:test", network_mode: none, command: ["true"]}
            """);
        using Process events = project.Command("events", "--json").Start();
        // It tells nothing when it listens: something is done until it does.
        Task<string?> first = events.StandardOutput.ReadLineAsync();
        Assert.True(Processes.Eventually(() =>
        {
            project.Up("--force-recreate");
            return first.IsCompleted;
        }));

        Assert.Contains("\"service\":\"a\"", await first, StringComparison.Ordinal);
        events.Kill();
        await events.WaitForExitAsync();
        project.Down();
    }

    [Fact]
    public void Up_OfAServiceThatFails_SaysWhy()
    {
        ComposeProject project = Project("broken", """
            services:
              missing: {image: "busybox:test", network_mode: none, command: ["no-such-command"]}
            """);

        Assert.Contains("no-such-command", project.Run("up", "-d").Exits(1).Stderr, StringComparison.Ordinal);
        project.Write("compose.yaml", """
            services:
              sick:
                image: busybox:test
                network_mode: none
                init: true
                command: ["sleep", "1000"]
                healthcheck: {test: ["CMD", "false"], interval: 100ms, retries: 1}
              after:
                image: busybox:test
                network_mode: none
                depends_on: {sick: {condition: service_healthy}}
            """);
        Assert.Contains("is unhealthy", project.Run("up", "-d", "--remove-orphans").Exits(1).Stderr, StringComparison.Ordinal);
        project.Down();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _daemon.Dispose();
        }

        base.Dispose(disposing);
    }

    private ComposeProject Project(string name, string yaml) => new(Roots, _daemon, name, yaml);

    /// <summary>What the published port of a server gives.</summary>
    private string Page(ComposeProject project, int index)
    {
        string address = project.Run("port", "--index", index.ToString(System.Globalization.CultureInfo.InvariantCulture), "web", "8080").Output;
        string page = "";
        Assert.True(Processes.Eventually(() => (page = OnHost("busybox", "wget", "-q", "-O", "-", $"http://{address}/").Stdout).Length > 0));
        return page.TrimEnd('\n');
    }
}
