using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Networks;
using FastRun.Engine.Volumes;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Tests.Containers.Records;

/// <summary>
/// The JSON forms of records, against System.Text.Json, which finds every property by reflection: one that is added and not written,
/// or not read, fails here.
/// </summary>
public sealed class RecordsJsonTests
{
    private static readonly JsonSerializerOptions s_reference = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    // What is found out at each start is in no record.
    private static readonly string[] s_transient = [nameof(CgroupLimits.BlkioRates), nameof(CgroupLimits.BlkioDeviceWeights)];

    public static TheoryData<int> Variants => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void ContainerRecord_KeepsEveryProperty(int variant) => Keeps<ContainerRecord>(variant, ContainerRecordJson.Encode, ContainerRecordJson.Decode);

    [Theory]
    [MemberData(nameof(Variants))]
    public void ContainerState_KeepsEveryProperty(int variant) => Keeps<ContainerState>(variant, ContainerStateJson.Encode, ContainerStateJson.Decode);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Network_KeepsEveryProperty(int variant) => Keeps<Network>(variant, NetworkJson.Encode, NetworkJson.Decode);

    [Theory]
    [MemberData(nameof(Variants))]
    public void VolumeRecord_KeepsEveryProperty(int variant) => Keeps<VolumeRecord>(variant, VolumeRecordJson.Encode, VolumeRecordJson.Decode);

    [Fact]
    public void ContainerRecord_OfNothingButWhatIsRequired_IsAsItWas()
    {
        ContainerRecord record = new()
        {
            Id = "id",
            Name = "name",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Request = new Engine.Containers.Requests.ContainerCreateRequest { Image = "host" },
        };

        Assert.Equal(Reference(record), Reference(ContainerRecordJson.Decode(ContainerRecordJson.Encode(record))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"id":7,"name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i"}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"noon","request":{"image":"i"}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":[]}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","env":[null]}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","env":{}}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","labels":{"a":1}}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","mounts":[1]}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","mounts":[{"kind":"Tape","target":"/"}]}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","tty":"yes"}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","shmSizeBytes":1e99}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","timeout":"soon"}}""")]
    [InlineData("""{"id":"x","name":"n","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i","ports":[{"protocol":"tcp","containerPort":65536}]}}""")]
    [InlineData("""{"id":"x","name":"\ud800","createdAt":"2026-01-01T00:00:00Z","request":{"image":"i"}}""")]
    public void Decode_OfWhatIsNoRecord_IsAJsonException(string json) =>
        Assert.ThrowsAny<JsonException>(() => ContainerRecordJson.Decode(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Decode_PassesOverMembersOfLaterReleases()
    {
        ContainerState state = ContainerStateJson.Decode("""{"status":"Exited","exitCode":3,"later":{"a":[1]}}"""u8.ToArray());

        Assert.Equal((ContainerStatus.Exited, 3), (state.Status, state.ExitCode));
    }

    private static void Keeps<T>(int variant, Func<T, byte[]> encode, Func<byte[], T> decode)
        where T : class
    {
        T filled = (T)Fill(typeof(T), variant);
        byte[] json = encode(filled);

        Assert.Equal(Reference(filled), Reference(decode(json)));
        Assert.Equal(Reference(filled), Reference(JsonSerializer.Deserialize<T>(json, s_reference)!));
    }

    private static string Reference<T>(T value) => JsonSerializer.Serialize(value, s_reference);

    /// <summary>A value of a type that differs from its default in every property, and from one variant to the next.</summary>
    private static object Fill(Type type, int variant)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return $"text <{variant}> \"ä\"";
        }

        if (type == typeof(bool))
        {
            return variant % 2 == 1;
        }

        if (type.IsEnum)
        {
            Array values = Enum.GetValues(type);
            return type.IsDefined(typeof(FlagsAttribute)) ? Enum.ToObject(type, variant % 8) : values.GetValue(variant % values.Length)!;
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 1, variant, 1, 2, 3, TimeSpan.Zero).AddTicks(variant);
        }

        if (type == typeof(TimeSpan))
        {
            return TimeSpan.FromDays(variant) + TimeSpan.FromTicks(variant);
        }

        if (type == typeof(Guid))
        {
            return new Guid(variant, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
        }

        if (type.IsPrimitive)
        {
            return Convert.ChangeType(100 + variant, type, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            return new Dictionary<string, string> { ["key " + variant] = "value", ["empty"] = "" };
        }

        if (type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
        {
            Type element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
            IList list = Array.CreateInstance(element, variant % 3);
            for (int i = 0; i < list.Count; i++)
            {
                list[i] = Fill(element, variant + i);
            }

            return list;
        }

        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(each => each.GetParameters().Length).First();
        object made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Fill(parameter.ParameterType, variant))]);
        foreach (PropertyInfo property in type.GetProperties().Where(each => each.CanWrite && !s_transient.Contains(each.Name)))
        {
            property.SetValue(made, Fill(property.PropertyType, variant));
        }

        return made;
    }
}
