using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry.Tokens;

/// <summary>What one repository at one endpoint is asked with. Many threads share one.</summary>
internal sealed class Authorizer(
    RegistryEndpoint endpoint, string repository, HttpTransport transport, RegistryClientOptions options, bool pushes)
{
    private readonly Lock _gate = new();
    private readonly TokenExchange _exchange = new(endpoint, repository, transport, options, pushes);
    private volatile AuthenticationHeaderValue? _current;

    /// <summary>What the next request shall carry; null for nothing.</summary>
    internal AuthenticationHeaderValue? Current => _current;

    /// <summary>Answers a challenge.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="refusal">The response that carries the challenge.</param>
    /// <param name="used">What the refused request carried.</param>
    /// <returns>What to try instead; null where there is nothing else to try.</returns>
    internal AuthenticationHeaderValue? Renew(
        RegistryRequest request, HttpResponseMessage refusal, AuthenticationHeaderValue? used)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_current, used))
            {
                return _current;
            }

            AuthenticationHeaderValue? answer = _exchange.Answer(request, refusal);
            bool isNew = answer is not null && !(answer.Scheme == "Basic" && answer.Equals(used));
            _current = isNew ? answer : null;
            return _current;
        }
    }
}
