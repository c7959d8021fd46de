using System.Buffers;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Paths to members as messages show them.</summary>
internal static class ConfigPath
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$");

    public static string Member(string path, string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Plain) || Quoted.LooksSecret(name))
            return $"{path}[{Quoted.Text(name)}]";
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    public static string Item(string path, int place) => $"{path}[{place}]";
}
