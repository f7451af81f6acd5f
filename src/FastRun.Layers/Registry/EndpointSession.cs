using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using FastRun.Layers.Registry.Http;
using FastRun.Layers.Registry.Tokens;

namespace FastRun.Layers.Registry;

/// <summary>One repository at one endpoint: attempts, authorization, and what a response means.</summary>
internal sealed class EndpointSession
{
    private readonly string _repository;
    private readonly string _repositoryName;
    private readonly HttpTransport _transport;
    private readonly RegistryTimeouts _timeouts;
    private readonly RetryPause _pause;
    private readonly CancellationToken _stop;
    private readonly Authorizer _authorizer;
    private readonly RegistryConfiguration _configuration;

    internal EndpointSession(
        RegistryEndpoint endpoint,
        string repository,
        string repositoryName,
        HttpTransport transport,
        RegistryClientOptions options,
        bool pushes)
    {
        (Endpoint, _repository, _repositoryName, _transport) = (endpoint, repository, repositoryName, transport);
        (_timeouts, _stop) = (options.Timeouts, options.Stop);
        _pause = new RetryPause(options.Timeouts, options.Stop);
        _authorizer = new Authorizer(endpoint, repository, transport, options, pushes);
        _configuration = options.Configuration;
    }

    /// <summary>Where it is.</summary>
    internal RegistryEndpoint Endpoint { get; }

    /// <summary>Makes a request as often as it takes.</summary>
    /// <returns>A response with a status of success, whose body is still to come.</returns>
    /// <exception cref="RegistryException">There is none.</exception>
    internal HttpResponseMessage Send(RegistryRequest request)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return SendOnce(request);
            }
            catch (RegistryException e) when (
                e.IsTransient && !request.IsOnce && attempt < _timeouts.Attempts && !(e.IsConnectionFailure && Endpoint.IsTentative))
            {
                _pause.Wait(attempt, e.RetryAfter);
            }
        }
    }

    private HttpResponseMessage SendOnce(RegistryRequest request)
    {
        AuthenticationHeaderValue? authorization = _authorizer.Current;
        HttpResponseMessage response = Exchange(request, authorization);
        if (response.StatusCode == HttpStatusCode.Unauthorized && IsOwn(response))
        {
            using HttpResponseMessage refused = response;
            authorization = _authorizer.Renew(request, refused, authorization);
            response = authorization is null ? refused : Exchange(request, authorization);
            return RequireSuccess(request, response);
        }

        return RequireSuccess(request, response);
    }

    private HttpResponseMessage RequireSuccess(RegistryRequest request, HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw ServerError.Describe(request, _repositoryName, Endpoint, response);
        }
    }

    /// <summary>Nobody but the endpoint itself may ask for credentials.</summary>
    private bool IsOwn(HttpResponseMessage response) => response.RequestMessage?.RequestUri is { } uri && IsOwn(uri);

    private bool IsOwn(Uri uri) => uri.Scheme == Endpoint.Address.Scheme && uri.Authority == Endpoint.Address.Authority;

    private HttpResponseMessage Exchange(RegistryRequest request, AuthenticationHeaderValue? authorization)
    {
        Uri uri = request.Target
            ?? Endpoint.UriOf(_repository, request.Path + (request.Query is null ? "" : "?" + request.Query));
        bool isOwn = IsOwn(uri);
        HttpRequestMessage message = new(request.Method, uri) { Content = request.Body?.Invoke() };
        if (request.Accept is not null)
        {
            message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        }

        message.Headers.Range = request.Range;
        try
        {
            return _transport.Send(
                message,
                isOwn ? Endpoint.VerifiesTls : _configuration.VerifiesTls(uri.Authority),
                isOwn ? authorization : null,
                movesBody: true);
        }
        catch (Exception e) when (TransportFault.Is(e) || e is RegistryException)
        {
            throw TransportFault.Describe(request.Subject, Endpoint.ToString(), e, _stop);
        }
    }
}
