using System.Threading.Tasks;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>Which request of <c>/containers</c> is which.</summary>
internal sealed class ContainerRoutes
{
    private readonly ContainerQueries _queries;
    private readonly ContainerChanges _changes;
    private readonly StartRequests _starts;
    private readonly AttachRequests _attachments;
    private readonly WaitRequests _waits;
    private readonly LogRequests _logs;
    private readonly ArchiveRequests _archives;
    private readonly StatsRequests _stats;

    internal ContainerRoutes(StateLayout layout)
    {
        EventHub hub = new(layout);
        PendingAttachments pending = new();
        _queries = new ContainerQueries(layout);
        _changes = new ContainerChanges(layout);
        _starts = new StartRequests(layout, pending);
        _logs = new LogRequests(layout);
        _attachments = new AttachRequests(layout, hub, pending, _logs);
        _waits = new WaitRequests(layout, hub);
        _archives = new ArchiveRequests(layout);
        _stats = new StatsRequests(layout);
    }

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET", [_, "json"]) => _queries.ListAsync(exchange),
        ("POST", [_, "create"]) => _starts.CreateAsync(exchange),
        ("POST", [_, "prune"]) => _changes.PruneAsync(exchange),
        ("GET", [_, var name, "json"]) => _queries.InspectAsync(exchange, name),
        ("GET", [_, var name, "top"]) => _queries.TopAsync(exchange, name),
        ("GET", [_, var name, "changes"]) => _queries.ChangesAsync(exchange, name),
        ("GET", [_, var name, "stats"]) => _stats.StatsAsync(exchange, name),
        ("GET", [_, var name, "logs"]) => _logs.LogsAsync(exchange, name),
        ("GET", [_, var name, "export"]) => _archives.ExportAsync(exchange, name),
        ("HEAD", [_, var name, "archive"]) => _archives.StatAsync(exchange, name),
        ("GET", [_, var name, "archive"]) => _archives.GetAsync(exchange, name),
        ("PUT", [_, var name, "archive"]) => _archives.PutAsync(exchange, name),
        ("POST", [_, var name, "start"]) => _starts.StartAsync(exchange, name),
        ("POST", [_, var name, "attach"]) => _attachments.AttachAsync(exchange, name),
        ("GET", [_, var name, "attach", "ws"]) => _attachments.AttachWebSocketAsync(exchange, name),
        ("GET" or "POST", [_, _, "checkpoints"]) or ("DELETE", [_, _, "checkpoints", _]) => throw ApiException.NotImplemented("checkpoints are not supported"),
        ("POST", [_, var name, "resize"]) => _attachments.ResizeAsync(exchange, name),
        ("POST", [_, var name, "wait"]) => _waits.WaitAsync(exchange, name),
        ("POST", [_, var name, "stop"]) => _changes.StopAsync(exchange, name),
        ("POST", [_, var name, "restart"]) => _changes.RestartAsync(exchange, name),
        ("POST", [_, var name, "kill"]) => _changes.KillAsync(exchange, name),
        ("POST", [_, var name, "pause"]) => _changes.PauseAsync(exchange, name),
        ("POST", [_, var name, "unpause"]) => _changes.UnpauseAsync(exchange, name),
        ("POST", [_, var name, "rename"]) => _changes.RenameAsync(exchange, name),
        ("POST", [_, var name, "update"]) => _changes.UpdateAsync(exchange, name),
        ("DELETE", [_, .. { Length: > 0 } name]) => _changes.RemoveAsync(exchange, string.Join('/', name)),
        _ => null,
    };
}
