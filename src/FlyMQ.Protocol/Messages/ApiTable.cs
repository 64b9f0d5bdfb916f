namespace FlyMQ.Protocol.Messages;

/// <summary>Every declared API. The rows are generated from the requests.</summary>
public static partial class ApiTable
{
    /// <returns>Null for an API that is not declared.</returns>
    public static ApiDescription? Find(ApiKey key) => (uint)key < (uint)byKey.Length ? byKey[(int)key] : null;

    private static ApiDescription?[] ByKey(IReadOnlyList<ApiDescription> all)
    {
        var table = new ApiDescription?[all.Max(api => (int)api.Key) + 1];
        foreach (var api in all)
        {
            table[(int)api.Key] = api;
        }

        return table;
    }
}
