using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using FastRun.Layers.Registry.Http;
using FastRun.Layers.Registry.Tokens;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>Shows a credential to a registry before it is kept (distribution-spec, "API version check": GET /v2/).</summary>
public sealed class LoginCheck
{
    private readonly RegistryServer _server;
    private readonly RegistryConfiguration _configuration;
    private readonly RegistryTimeouts _timeouts;

    /// <summary>Prepares a check; nothing is sent yet.</summary>
    public LoginCheck(RegistryServer server, RegistryConfiguration configuration, RegistryTimeouts? timeouts = null)
    {
        (_server, _configuration, _timeouts) = (server, configuration, timeouts ?? new RegistryTimeouts());
    }

    /// <summary>Asks the registry itself, never a mirror; with http only where https cannot be had and need not be.</summary>
    /// <returns>The identity token that the token server gave in the place of the password; null where it gave none.</returns>
    /// <exception cref="RegistryException">The registry refuses the credential, or is out.</exception>
    public string? Verify(RegistryCredential credential)
    {
        RegistryClientOptions options = new()
        {
            Configuration = _configuration,
            Credentials = new OneCredential(credential),
            Timeouts = _timeouts,
        };
        using HttpTransport transport = new(_configuration, _timeouts, default);
        List<RegistryEndpoint> endpoints = [.. _configuration.EndpointsOf(_server.Host).Where(endpoint => !endpoint.IsMirror)];
        for (int i = 0; ; i++)
        {
            try
            {
                return Verify(endpoints[i], transport, options);
            }
            catch (RegistryException e) when (e.IsConnectionFailure && i + 1 < endpoints.Count)
            {
                // The next one is the same registry with plain http.
            }
        }
    }

    private string? Verify(RegistryEndpoint endpoint, HttpTransport transport, RegistryClientOptions options)
    {
        RegistryRequest request = new(HttpMethod.Get, "", $"{_server.Host}: login");
        using HttpResponseMessage first = Ask(endpoint, transport, request, null);
        if (first.StatusCode != HttpStatusCode.Unauthorized)
        {
            RequireSuccess(request, endpoint, first);
            return null;
        }

        TokenExchange exchange = new(endpoint, repository: null, transport, options);
        AuthenticationHeaderValue answer = exchange.Answer(request, first)
            ?? throw ServerError.Describe(request, null, endpoint, first);
        using HttpResponseMessage second = Ask(endpoint, transport, request, answer);
        RequireSuccess(request, endpoint, second);
        return exchange.IdentityToken;
    }

    private static void RequireSuccess(RegistryRequest request, RegistryEndpoint endpoint, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw ServerError.Describe(request, null, endpoint, response);
        }
    }

    private static HttpResponseMessage Ask(
        RegistryEndpoint endpoint, HttpTransport transport, RegistryRequest request, AuthenticationHeaderValue? authorization)
    {
        try
        {
            return transport.Send(
                new HttpRequestMessage(request.Method, new Uri(endpoint.Address, "/v2/")), endpoint.VerifiesTls, authorization);
        }
        catch (Exception e) when (TransportFault.Is(e) || e is RegistryException)
        {
            throw TransportFault.Describe(request.Subject, endpoint.ToString(), e, default);
        }
    }

    private sealed class OneCredential(RegistryCredential credential) : IRegistryCredentials
    {
        public RegistryCredential? Find(string registry) => credential;
    }
}
