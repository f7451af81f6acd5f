using System;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Http;

/// <summary>What Kestrel calls for each request.</summary>
/// <param name="handler">Answers one; what it throws becomes a 500.</param>
internal sealed class HttpApplication(Func<HttpExchange, Task> handler) : IHttpApplication<HttpExchange>
{
    public HttpExchange CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures);

    public Task ProcessRequestAsync(HttpExchange context) => handler(context);

    public void DisposeContext(HttpExchange context, Exception? exception)
    {
    }
}
