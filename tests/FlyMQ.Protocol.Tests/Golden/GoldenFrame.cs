using System.Globalization;

namespace FlyMQ.Protocol.Tests.Golden;

/// <summary>
/// A frame as a real client or broker sent it, without its size, and what Apache Kafka's own library reads in it. A .golden file is
/// named after API and version and has a section for the request and one for the response.
/// </summary>
internal sealed record GoldenFrame(string Api, short Version, bool IsRequest, int CorrelationId, byte[] Frame, string Values)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public string Message => Api + (IsRequest ? "Request" : "Response");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.golden").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public static IEnumerable<GoldenFrame> Load(string file)
    {
        var at = file.LastIndexOf("-v", StringComparison.Ordinal);
        var version = short.Parse(file[(at + 2)..], CultureInfo.InvariantCulture);
        return File.ReadAllText(Path.Combine(Folder, file + ".golden"))
            .Split("== ", StringSplitOptions.RemoveEmptyEntries)
            .Select(section => Parse(file[..at], version, section));
    }

    private static GoldenFrame Parse(string api, short version, string section)
    {
        var frame = section.IndexOf("frame:\n", StringComparison.Ordinal);
        var values = section.IndexOf("values:\n", StringComparison.Ordinal);
        var head = section[..frame].Split('\n');
        var correlation = head.Single(line => line.StartsWith("correlation: ", StringComparison.Ordinal))["correlation: ".Length..];
        return new GoldenFrame(
            api,
            version,
            head[0] == "request",
            int.Parse(correlation, CultureInfo.InvariantCulture),
            Convert.FromHexString(section[(frame + "frame:\n".Length)..values].ReplaceLineEndings("")),
            section[(values + "values:\n".Length)..]);
    }
}
