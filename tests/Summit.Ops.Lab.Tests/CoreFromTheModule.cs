using System.Runtime.CompilerServices;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Lab.Tests;

/// <summary>The tests name types of Core, which comes from the built module: the lab knows where that is, and must be asked before the first of them is needed.</summary>
internal static class CoreFromTheModule
{
    [ModuleInitializer]
    internal static void Find() => RuntimeHelpers.RunModuleConstructor(typeof(EngineSession).Module.ModuleHandle);
}
