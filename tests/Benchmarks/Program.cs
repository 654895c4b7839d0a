using Summit.Ops.Benchmarks;
using Summit.Ops.Benchmarks.Aws;
using Summit.Ops.Benchmarks.Cold;
using Summit.Ops.Benchmarks.Probing;

// Benchmarks make LINES FILE: writes a configuration.  Benchmarks read FILE: one cold reading.
// Benchmarks probes [COUNT CONCURRENCY ROUNDS]: whole clients against one nginx. Benchmarks overhead [COUNT]: one probe against the bare
// handshake. Benchmarks held [COUNT SCHEME]: connections held. Benchmarks diagnosis [ROUNDS]: one diagnosis over Systems Manager against
// the guide's way with the AWS CLI. Benchmarks cold [ROUNDS MANIFEST]: first and later calls in pwsh. Else BenchmarkDotNet.
switch (args)
{
    case ["make", var lines, var path]:
        await File.WriteAllBytesAsync(path, GeneratedConfig.Make(int.Parse(lines)));
        break;
    case ["read", var path]:
        WholeProcess.Run(path);
        break;
    case ["probes", .. var rest]:
        return await ProbeComparison.RunAsync(rest);
    case ["probes-client", .. var rest]:
        return await ProbeClients.RunAsync(rest);
    case ["overhead", .. var rest]:
        return await ProbeOverhead.RunAsync(rest);
    case ["held", .. var rest]:
        return await HeldConnections.RunAsync(rest);
    case ["held-client", .. var rest]:
        return await HeldConnections.ClientAsync(rest);
    case ["diagnosis", .. var rest]:
        return await DiagnosisComparison.RunAsync(rest);
    case ["cold", .. var rest]:
        return await ColdStarts.RunAsync(rest);
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(GeneratedConfig).Assembly).Run(args);
        break;
}

return 0;
