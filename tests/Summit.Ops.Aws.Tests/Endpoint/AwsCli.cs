using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Endpoint;

/// <summary>The real AWS CLI, led to an endpoint by its environment.</summary>
internal static class AwsCli
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Why there is none here; null where there is one.</summary>
    public static async Task<string?> MissingAsync()
    {
        try
        {
            return (await RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), ["--version"])).Code == 0
                ? null
                : "The AWS CLI does not run here.";
        }
        catch (Win32Exception error)
        {
            return $"The AWS CLI is not on PATH: {error.Message}";
        }
    }

    /// <summary>Runs it; what it printed as JSON, or its complaint.</summary>
    public static async Task<(int Code, JsonNode? Json, string Error)> RunAsync(AwsEndpoint aws, params IReadOnlyList<string> arguments)
    {
        var (code, output, error) = await RunAsync(aws.Environment("eu-west-1"), arguments);
        return (code, code == 0 && output.Trim().Length > 0 ? JsonNode.Parse(output) : null, error);
    }

    /// <summary>Runs it in an environment; what it printed.</summary>
    internal static Task<(int Code, string Output, string Error)> RunAsync(
        IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments) => RunCommandAsync(environment, "aws", arguments);

    /// <summary>Runs a program that runs it; what it printed.</summary>
    internal static async Task<(int Code, string Output, string Error)> RunCommandAsync(
        IReadOnlyDictionary<string, string> environment, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_MAX_ATTEMPTS"] = "1";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }
}
