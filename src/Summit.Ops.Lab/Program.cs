using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Summit.Ops.Lab.Engine;

using var ps = PowerShell.Create(InitialSessionState.CreateDefault2());
ps.AddScript($"Import-Module '{BuiltModule.Manifest}'; New-SummitSite | Out-String -Width 100; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object Location -like '*Summit*' | ForEach-Object Location");
foreach (var line in ps.Invoke()) Console.WriteLine(line);
foreach (var line in ps.Streams.Error) Console.WriteLine(line);
Console.WriteLine(new Summit.Ops.SummitSite().Uri);
return 0;
