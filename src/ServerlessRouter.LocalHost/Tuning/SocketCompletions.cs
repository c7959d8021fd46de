namespace ServerlessRouter.LocalHost.Tuning;

/// <summary>Where code goes on when a socket is ready.</summary>
internal static class SocketCompletions
{
    private const string Setting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Lets it go on at once, on the thread that saw the socket, which saves a hand-over for each read and write. Right because nothing on the path of a chat blocks. The
    /// runtime reads the setting at its first socket, so this stands first in the program; an owner who sets the variable decides otherwise.
    /// </summary>
    public static void RunInline()
    {
        if (Environment.GetEnvironmentVariable(Setting) is null)
            Environment.SetEnvironmentVariable(Setting, "1");
    }
}
