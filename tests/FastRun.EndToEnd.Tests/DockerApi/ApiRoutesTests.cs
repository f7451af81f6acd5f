using System;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Every path of moby's api/docs/v1.52.yaml with each of its methods, asked for what is not there or with an empty request: an answer that somebody meant.</summary>
public sealed class ApiRoutesTests : ContainerTest
{
    /// <summary>Method, path, status, and words of the message; those of a status below 400 have none.</summary>
    internal static readonly string[] Routes =
    [
        "GET /containers/json 200",
        "POST /containers/create 400 an image is needed",
        "GET /containers/nosuch/json 404 No such container: nosuch",
        "GET /containers/nosuch/top 404 No such container: nosuch",
        "GET /containers/nosuch/logs 404 No such container: nosuch",
        "GET /containers/nosuch/changes 404 No such container: nosuch",
        "GET /containers/nosuch/export 404 No such container: nosuch",
        "GET /containers/nosuch/stats 404 No such container: nosuch",
        "POST /containers/nosuch/resize?h=1&w=1 404 No such container: nosuch",
        "POST /containers/nosuch/start 404 No such container: nosuch",
        "POST /containers/nosuch/stop 404 No such container: nosuch",
        "POST /containers/nosuch/restart 404 No such container: nosuch",
        "POST /containers/nosuch/kill 404 No such container: nosuch",
        "POST /containers/nosuch/update 404 No such container: nosuch",
        "POST /containers/nosuch/rename 400 Neither old nor new names may be empty",
        "POST /containers/nosuch/pause 404 No such container: nosuch",
        "POST /containers/nosuch/unpause 404 No such container: nosuch",
        "POST /containers/nosuch/attach 404 No such container: nosuch",
        "GET /containers/nosuch/attach/ws 404 No such container: nosuch",
        "POST /containers/nosuch/wait 404 No such container: nosuch",
        "DELETE /containers/nosuch 404 No such container: nosuch",
        "HEAD /containers/nosuch/archive 400",
        "GET /containers/nosuch/archive 400 path",
        "PUT /containers/nosuch/archive 400 path",
        "POST /containers/prune 200",
        "POST /containers/nosuch/exec 404 No such container: nosuch",
        "GET /containers/nosuch/checkpoints 501 checkpoints are not supported",
        "POST /containers/nosuch/checkpoints 501 checkpoints are not supported",
        "DELETE /containers/nosuch/checkpoints/one 501 checkpoints are not supported",
        "GET /images/json 200",
        "POST /build 400",
        "POST /build/prune 200",
        "POST /build/cancel 400 build ID not provided",
        "POST /images/create 400 fromImage is needed",
        "GET /images/nosuch/json 404 No such image: nosuch",
        "GET /images/nosuch/history 404 No such image: nosuch",
        "POST /images/nosuch/push 404",
        "POST /images/nosuch/tag 400 repository name is empty",
        "DELETE /images/nosuch 404 No such image: nosuch",
        "GET /images/search 501 search is not supported",
        "POST /images/prune 200",
        "POST /auth 401 unauthorized",
        "GET /info 200",
        "GET /version 200",
        "GET /_ping 200",
        "HEAD /_ping 200",
        "POST /commit 400 invalid name or ID supplied",
        "GET /events?until=1 200",
        "GET /system/df 200",
        "GET /images/nosuch/get 404 No such image: nosuch",
        "GET /images/get 400 names are needed",
        "POST /images/load 500 not a tar archive",
        "POST /exec/nosuch/start 404 No such exec instance: nosuch",
        "POST /exec/nosuch/resize?h=1&w=1 404 No such exec instance: nosuch",
        "GET /exec/nosuch/json 404 No such exec instance: nosuch",
        "GET /volumes 200",
        "POST /volumes/create 201",
        "GET /volumes/nosuch 404 no such volume",
        "PUT /volumes/nosuch 503 not a swarm manager",
        "DELETE /volumes/nosuch 404 no such volume",
        "POST /volumes/prune 200",
        "GET /networks 200",
        "GET /networks/nosuch 404 network nosuch not found",
        "DELETE /networks/nosuch 404 network nosuch not found",
        "POST /networks/create 400",
        "POST /networks/nosuch/connect 400 a container is needed",
        "POST /networks/nosuch/disconnect 400 a container is needed",
        "POST /networks/prune 200",
        "GET /plugins 200",
        "GET /plugins/privileges 501 plugins are not supported",
        "POST /plugins/pull 501 plugins are not supported",
        "POST /plugins/create 501 plugins are not supported",
        "GET /plugins/some/name/json 404 plugin \"some/name\" not found",
        "DELETE /plugins/name 404 plugin \"name\" not found",
        "POST /plugins/name/enable 404 plugin \"name\" not found",
        "POST /plugins/name/disable 404 plugin \"name\" not found",
        "POST /plugins/name/upgrade 501 plugins are not supported",
        "POST /plugins/name/push 404 plugin \"name\" not found",
        "POST /plugins/name/set 404 plugin \"name\" not found",
        "GET /nodes 503 not a swarm manager",
        "GET /nodes/one 503 not a swarm manager",
        "DELETE /nodes/one 503 not a swarm manager",
        "POST /nodes/one/update 503 not a swarm manager",
        "GET /swarm 503 not a swarm manager",
        "POST /swarm/init 501 there are no swarms",
        "POST /swarm/join 501 there are no swarms",
        "POST /swarm/leave 503 not part of a swarm",
        "POST /swarm/update 503 not a swarm manager",
        "GET /swarm/unlockkey 503 not a swarm manager",
        "POST /swarm/unlock 503 not a swarm manager",
        "GET /services 503 not a swarm manager",
        "POST /services/create 503 not a swarm manager",
        "GET /services/one 503 not a swarm manager",
        "DELETE /services/one 503 not a swarm manager",
        "POST /services/one/update 503 not a swarm manager",
        "GET /services/one/logs 503 not a swarm manager",
        "GET /tasks 503 not a swarm manager",
        "GET /tasks/one 503 not a swarm manager",
        "GET /tasks/one/logs 503 not a swarm manager",
        "GET /secrets 503 not a swarm manager",
        "POST /secrets/create 503 not a swarm manager",
        "GET /secrets/one 503 not a swarm manager",
        "DELETE /secrets/one 503 not a swarm manager",
        "POST /secrets/one/update 503 not a swarm manager",
        "GET /configs 503 not a swarm manager",
        "POST /configs/create 503 not a swarm manager",
        "GET /configs/one 503 not a swarm manager",
        "DELETE /configs/one 503 not a swarm manager",
        "POST /configs/one/update 503 not a swarm manager",
        "GET /distribution/localhost:1/nosuch/json 503",
        "POST /session 400 the session has no id",
        "POST /grpc 400 no upgrade to h2c is asked for",
    ];

    /// <summary>The same for what is no path of the API, for paths with other methods, and for wrong queries.</summary>
    private static readonly string[] s_others =
    [
        "GET /nosuch 404 page not found",
        "GET /info/ 404 page not found",
        "GET / 404 page not found",
        "PUT /info 404 page not found",
        "POST /containers/nosuch/json 404 page not found",
        "GET /plugins/name 404 page not found",
        "POST /_ping 404 page not found",
        "PATCH /containers/json 404 page not found",
        "DELETE /containers 404 page not found",
        "OPTIONS /info 200",
        "OPTIONS /nosuch 200",
        "POST /containers/nosuch/resize 400 invalid resize height \"\": invalid syntax",
        "POST /containers/nosuch/resize?h=1&w=x 400 invalid resize width \"x\": invalid syntax",
        "POST /exec/nosuch/resize?w=1 400 invalid resize height \"\": invalid syntax",
        "POST /containers/nosuch/start?checkpoint=one 501 checkpoints are not supported",
        "DELETE /containers/a/b?link=1 404 No such container: a/b",
        "GET /networks/bridge?scope=swarm 404 network bridge not found",
        "GET /images/json?filters={\"dangling\":[\"maybe\"]} 400 invalid filter 'dangling=[maybe]'",
        "POST /build/prune?filters={\"nosuch\":[\"a\"]} 400 invalid filter 'nosuch'",
    ];

    private readonly EngineDaemon _daemon;

    public ApiRoutesTests(TestImages images)
        : base(images) => _daemon = new EngineDaemon(Roots);

    [Theory]
    [InlineData("")]
    [InlineData("/v1.21")]
    [InlineData("/v1.24")]
    [InlineData("/v1.52")]
    public void Paths_All_AreAnsweredOnPurpose(string version)
    {
        string[] wrong = [.. Routes.Concat(s_others).Select(route => Wrong(version, route)).OfType<string>()];

        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _daemon.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Null where it is answered as expected.</summary>
    private string? Wrong(string version, string route)
    {
        string[] words = route.Split(' ', 4);
        (int status, string body) = _daemon.Ask(words[0], version + words[1]);
        if (words[2] != status.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return $"{route}: {status} {body}";
        }

        if (status < 400 || words[0] == "HEAD")
        {
            return null;
        }

        // An error is an object with a message and nothing else (ErrorResponse).
        return JsonNode.Parse(body) is JsonObject { Count: 1 } error && error["message"] is JsonValue message && message.TryGetValue(out string? text) && text.Length > 0
            && (words.Length < 4 || text.Contains(words[3], StringComparison.Ordinal))
                ? null
                : $"{route}: {body}";
    }
}
