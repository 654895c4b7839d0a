return await Summit.Ops.Lab.Launcher.LabLauncher.RunAsync(args);
