using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Content;

public sealed class ContentStoreTests : IDisposable
{
    private static readonly byte[] s_content = "{}"u8.ToArray();

    // sha256sum and sha512sum of "{}".
    private static readonly Digest s_digest =
        Digest.Parse("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");

    private static readonly Digest s_digest512 = Digest.Parse(
        "sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd");

    private readonly TemporaryState _state = new();
    private readonly ContentStore _store;

    public ContentStoreTests() => _store = new ContentStore(_state.Layout);

    public void Dispose() => _state.Dispose();

    [Fact]
    public void TryRead_WhatWasWritten_Same()
    {
        Assert.Null(_store.TryRead(s_digest));
        _store.Write(s_digest, s_content);
        _store.Write(s_digest512, s_content);
        _store.Write(s_digest, s_content);
        Assert.Equal(s_content, _store.TryRead(s_digest));
        Assert.Equal(s_content, _store.TryRead(s_digest512));
    }

    [Fact]
    public void Write_OtherContent_Refused()
    {
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => _store.Write(s_digest, "{ }"u8));
        Assert.StartsWith($"{s_digest}: the content does not have the digest {s_digest} but sha256:", e.Message, StringComparison.Ordinal);
        Assert.Null(_store.TryRead(s_digest));
    }

    [Fact]
    public void TryRead_DamagedFile_RefusedUntilWrittenAgain()
    {
        _store.Write(s_digest, s_content);
        File.WriteAllText(_state.Layout.Blob(s_digest), "[]");
        Assert.Throws<CorruptContentException>(() => _store.TryRead(s_digest));
        _store.Write(s_digest, s_content);
        Assert.Equal(s_content, _store.TryRead(s_digest));
    }

    [Fact]
    public void CollectGarbage_Unused_Gone()
    {
        _store.Write(s_digest, s_content);
        _store.Write(s_digest512, s_content);
        string temporary = _state.Layout.Blob(s_digest) + "/../.tmp-left";
        File.WriteAllText(Path.GetFullPath(temporary), "half");
        Assert.Equal(2, _store.CollectGarbage(new HashSet<string> { s_digest512.ToString() }));
        Assert.Null(_store.TryRead(s_digest));
        Assert.Equal("{}", Encoding.UTF8.GetString(_store.TryRead(s_digest512)!));
        Assert.False(File.Exists(Path.GetFullPath(temporary)));
    }
}
