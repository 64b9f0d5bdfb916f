using System.Net;

namespace FlyMQ.Load;

/// <summary>Takes what an OTLP exporter posts (http/protobuf) and throws it away, so that there is somebody to export to.</summary>
internal sealed class Sink(int port)
{
    public void Run()
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var context = listener.GetContext();
            while (context.Request.InputStream.Read(buffer) > 0)
            {
            }

            // An empty answer is what "everything was taken" looks like.
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}
