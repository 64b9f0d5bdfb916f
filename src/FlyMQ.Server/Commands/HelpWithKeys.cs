using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Commands;

/// <summary>The library's help, then every configuration key by section.</summary>
internal sealed class HelpWithKeys(HelpAction library) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // Unknown arguments are left to the loader only; the library would list them as something to give.
        parseResult.CommandResult.Command.TreatUnmatchedTokensAsErrors = true;
        var code = library.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not RootCommand)
        {
            return code;
        }

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Configuration keys: as --KEY VALUE, as the environment variable FLYMQ_KEY, or in the file.");
        foreach (var section in OptionKeys.Sections)
        {
            output.WriteLine();
            output.WriteLine($"{(section.Name.Length == 0 ? "" : section.Name + ": ")}{section.About}");
            foreach (var key in section.Keys)
            {
                output.WriteLine($"  --{key.Name}  [{key.DefaultText}]");
                output.WriteLine($"      {key.About}");
            }
        }

        return code;
    }
}
