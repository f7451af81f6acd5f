using System.Collections.Generic;
using FastRun.DockerApi.BuildKit;
using FastRun.Grpc;

namespace FastRun.Tests.DockerApi.BuildKit;

public sealed class FrontendRequestTests
{
    [Fact]
    public void ReadInput_OfAResult_IsItsBuild()
    {
        Dictionary<string, string> inputs = [];
        FrontendRequest.ReadInput(new ProtoWriter().Text(1, "context:base").Message(2, FrontendRequest.Result("a-build")).Written.Span, inputs);
        Assert.Equal([new("context:base", "a-build")], inputs);
    }

    [Fact]
    public void ReadInput_OfAGraph_IsRefused()
    {
        ProtoWriter source = new ProtoWriter().Message(3, new ProtoWriter().Text(1, "docker-image://busybox"));
        byte[] entry = new ProtoWriter().Text(1, "base").Message(2, new ProtoWriter().Message(1, source)).Written.ToArray();
        Assert.Equal(GrpcStatus.Unimplemented, Assert.Throws<GrpcException>(() => FrontendRequest.ReadInput(entry, [])).Status);
    }
}
