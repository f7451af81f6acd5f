using System.Threading.Tasks;
using FastRun.Layers;

namespace FastRun.DockerApi.Images;

/// <summary>Which request of <c>/images</c> is which. Names have slashes, so the last part tells what is asked.</summary>
internal sealed class ImageRoutes(StateLayout layout)
{
    private readonly ImageQueries _queries = new(layout);
    private readonly ImageChangeRequests _changes = new(layout);
    private readonly ImageTransfers _transfers = new(layout);

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET", ["images", "json"]) => _queries.ListAsync(exchange),
        ("POST", ["images", "create"]) => _transfers.CreateAsync(exchange),
        ("POST", ["images", "load"]) => _transfers.LoadAsync(exchange),
        ("POST", ["images", "prune"]) => _changes.PruneAsync(exchange),
        ("GET", ["images", "get"]) => _transfers.SaveAsync(exchange, exchange.Http.QueryAll("names")),
        ("GET", ["images", "search"]) => throw ApiException.NotImplemented("search is not supported: registries have no search of their own (OCI distribution-spec)"),
        ("GET", ["images", .. var name, "json"]) => _queries.InspectAsync(exchange, string.Join('/', name)),
        ("GET", ["images", .. var name, "history"]) => _queries.HistoryAsync(exchange, string.Join('/', name)),
        ("GET", ["images", .. var name, "get"]) => _transfers.SaveAsync(exchange, [string.Join('/', name)]),
        ("POST", ["images", .. var name, "tag"]) => _changes.TagAsync(exchange, string.Join('/', name)),
        ("POST", ["images", .. var name, "push"]) => _transfers.PushAsync(exchange, string.Join('/', name)),
        ("DELETE", ["images", .. var name]) => _changes.RemoveAsync(exchange, string.Join('/', name)),
        ("POST", ["commit"]) => _changes.CommitAsync(exchange),
        ("GET", ["distribution", .. var name, "json"]) => ImageQueries.DistributionAsync(exchange, string.Join('/', name)),
        _ => null,
    };
}
