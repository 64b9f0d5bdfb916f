using FlyMQ.Metadata.Tests.Raft;

// With "node" as its first argument this executable is one node of a metadata quorum, for tests that kill processes.
return args is ["node", ..]
    ? await NodeProcess.RunAsync(args[1..])
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
