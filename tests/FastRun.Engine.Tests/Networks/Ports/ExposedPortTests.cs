using System.Net;
using System.Text;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Networks.Ports;

public sealed class ExposedPortTests
{
    [Fact]
    public void Unpublished_OfAllSources_AreEachThereOnce()
    {
        ContainerCreateRequest request = new()
        {
            Image = "i",
            ExposedPorts = ["7000-7002", "53/udp"],
            Ports = [new PortBinding("", 8080, 8080, 80, "tcp")],
        };
        PublishedPort published = PublishedPort.TryParse("0.0.0.0:8080-80/tcp", IPAddress.Loopback, null)!;

        Assert.Equal(
            [new(443, "tcp"), new(53, "udp"), new(7000, "tcp"), new(7001, "tcp"), new(7002, "tcp")],
            ExposedPort.Unpublished(request, Image("443", "80/tcp", "7001/tcp"), [published]));
    }

    [Fact]
    public void Unpublished_WhatAnImageWritesWrong_IsNone() =>
        Assert.Equal([new(90, "sctp")], ExposedPort.Unpublished(new() { Image = "i" }, Image("x/tcp", "70000/tcp", "9-8/tcp", "80/ip", "", "90/SCTP"), []));

    [Fact]
    public void Unpublished_WithoutAnImage_IsWhatTheRequestSays() =>
        Assert.Equal([new(1, "tcp")], ExposedPort.Unpublished(new() { Image = "host", ExposedPorts = ["1"] }, null, []));

    private static ContainerConfig Image(params string[] ports) => ImageConfig.Parse(
        Encoding.UTF8.GetBytes("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"ExposedPorts":{""" +
            string.Join(',', System.Array.ConvertAll(ports, port => $"\"{port}\":{{}}")) + "}}}"),
        "test").Config!;
}
