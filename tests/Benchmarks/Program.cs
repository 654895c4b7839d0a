using Summit.Ops.Benchmarks;

// Benchmarks make LINES FILE: writes a configuration.  Benchmarks read FILE: one cold reading.  Else BenchmarkDotNet.
switch (args)
{
    case ["make", var lines, var path]:
        File.WriteAllBytes(path, GeneratedConfig.Make(int.Parse(lines)));
        break;
    case ["read", var path]:
        WholeProcess.Run(path);
        break;
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(GeneratedConfig).Assembly).Run(args);
        break;
}
