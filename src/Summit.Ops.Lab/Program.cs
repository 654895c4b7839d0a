return await Summit.Ops.Lab.Shell.ConsoleProgram.RunAsync(args);
