using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>Waiting for the end of a container (Engine API, ContainerWait).</summary>
/// <param name="layout">Where state is.</param>
/// <param name="hub">Tells what happens.</param>
internal sealed class WaitRequests(StateLayout layout, EventHub hub)
{
    internal async Task WaitAsync(ApiExchange exchange, string name)
    {
        string condition = exchange.Version >= new ApiVersion(30) && exchange.Query("condition") is { Length: > 0 } given ? given : "not-running";
        if (condition is not ("not-running" or "next-exit" or "removed"))
        {
            throw ApiException.Invalid($"invalid condition: \"{condition}\"");
        }

        // Before it is looked at, so that nothing comes between; and the header before anything is waited for: clients start the
        // container once they have it.
        ContainerStore store = new(layout);
        using ContainerWatch end = new(layout, hub, store.Find(name));
        Container container = store.Find(name);
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        await exchange.Http.StartAsync();
        int code = condition switch
        {
            "removed" => await end.RemovalAsync(exchange.Aborted),
            "not-running" when !container.IsRunning => container.State.ExitCode,
            _ => await end.NextExitAsync(exchange.Aborted),
        };
        byte[] body = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["StatusCode"] = code }.ToJsonString() + "\n");
        await exchange.Http.ResponseBody.WriteAsync(body, exchange.Aborted);
    }
}
