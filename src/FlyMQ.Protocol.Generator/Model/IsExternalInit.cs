namespace System.Runtime.CompilerServices;

// Records need it, and netstandard2.0, which compilers ask of generators, does not have it.
internal static class IsExternalInit
{
}
