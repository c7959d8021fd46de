using System.Reflection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Http;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>Consoles print the number of each line's event: one that is not given is nine digits of a hash.</summary>
public sealed class LogMessageTests
{
    public static TheoryData<string> Assemblies => [typeof(ITableStore).Assembly.GetName().Name!, typeof(RouterPipeline).Assembly.GetName().Name!, typeof(RouterEndpoints).Assembly.GetName().Name!];

    [Theory, MemberData(nameof(Assemblies))]
    public void LoggerMessages_Each_HasANumberOfItsOwnInItsClass(string assembly)
    {
        var messages = Assembly.Load(assembly).GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Message is not null)
            .ToList();

        Assert.NotEmpty(messages);
        Assert.Empty(messages.Where(found => found.Message!.EventId is < 1 or > 99).Select(found => $"{found.Method.DeclaringType!.Name}.{found.Method.Name}"));
        Assert.Empty(messages.GroupBy(found => (found.Method.DeclaringType, found.Message!.EventId)).Where(group => group.Count() > 1).Select(group => $"{group.Key}"));
    }
}
