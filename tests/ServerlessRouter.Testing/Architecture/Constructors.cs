using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace ServerlessRouter.Testing.Architecture;

/// <summary>How much the types of a compiled project are made of.</summary>
/// <param name="assembly">The compiled project.</param>
/// <param name="exceptions">Names of types that may take more; who adds one writes the reason beside it.</param>
public sealed class Constructors(Assembly assembly, params string[] exceptions)
{
    /// <summary>A constructor with more does too much, or takes apart what travels together.</summary>
    private const int MaxParameters = 6;

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>Fails with every type whose constructor takes too much, and with every exception that no longer is one.</summary>
    public void Hold()
    {
        var found = assembly.GetTypes()
            .Where(static type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .Select(static type => (type.Name, Most: type.GetConstructors(All).Select(static constructor => constructor.GetParameters().Length).DefaultIfEmpty().Max()))
            .Where(static type => type.Most > MaxParameters)
            .ToList();

        Assert.Empty(found.Where(type => !exceptions.Contains(type.Name)).Select(static type => $"{type.Name} takes {type.Most}"));
        Assert.Empty(exceptions.Except(found.Select(static type => type.Name)).Select(static name => $"{name} is no exception any more"));
    }
}
