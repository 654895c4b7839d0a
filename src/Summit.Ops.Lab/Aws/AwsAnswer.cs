using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws;

/// <summary>What goes back: a status, a body, and for the record whether it is an error.</summary>
internal sealed record AwsAnswer(int Status, string ContentType, string Body, string Outcome)
{
    private static readonly XNamespace Sts = "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <summary>A JSON answer.</summary>
    public static AwsAnswer Json(JsonNode body) => new(200, "application/x-amz-json-1.1", body.ToJsonString(), "OK");

    /// <summary>An XML answer.</summary>
    public static AwsAnswer Xml(XElement body) => new(
        200, "text/xml;charset=UTF-8", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body.ToString(SaveOptions.DisableFormatting), "OK");

    /// <summary>An error in a protocol's own form.</summary>
    public static AwsAnswer Of(AwsProtocol protocol, AwsErrorException error) => protocol switch
    {
        AwsProtocol.Json => Json(
            new JsonObject { ["__type"] = error.Code, ["message"] = error.Message }) with { Status = error.Status, Outcome = error.Code },
        AwsProtocol.Ec2Query => Xml(new XElement("Response",
            new XElement("Errors", new XElement("Error", new XElement("Code", error.Code), new XElement("Message", error.Message))),
            new XElement("RequestID", Guid.NewGuid()))) with { Status = error.Status, Outcome = error.Code },
        _ => Xml(new XElement(Sts + "ErrorResponse",
            new XElement(
                Sts + "Error", new XElement(Sts + "Type", "Sender"), new XElement(Sts + "Code", error.Code),
                new XElement(Sts + "Message", error.Message)),
            new XElement(Sts + "RequestId", Guid.NewGuid()))) with { Status = error.Status, Outcome = error.Code },
    };

    /// <summary>Sends it.</summary>
    public async Task WriteAsync(HttpListenerResponse response, DateTimeOffset now)
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength64 = bytes.Length;
        response.Headers["Date"] = now.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await response.OutputStream.WriteAsync(bytes);
        response.Close();
    }
}
