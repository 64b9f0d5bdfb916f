using System.Linq;
using FlyMQ.Protocol.Generator.Emit;
using FlyMQ.Protocol.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FlyMQ.Protocol.Generator;

/// <summary>
/// From every class with [ApiRequest], [ApiResponse] or [WireData]: its reader, its writer and its size; and from all requests the
/// table of APIs. Nothing of a message is said anywhere else.
/// </summary>
[Generator]
public sealed class ProtocolGenerator : IIncrementalGenerator
{
    private const string Attributes = "FlyMQ.Protocol.Messages.";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var requests = Declared(context, "ApiRequestAttribute", MessageKind.Request);
        Emit(context, requests);
        Emit(context, Declared(context, "ApiResponseAttribute", MessageKind.Response));
        Emit(context, Declared(context, "WireDataAttribute", MessageKind.Data));
        context.RegisterSourceOutput(
            requests.Collect(),
            (output, all) => output.AddSource("ApiTable.g.cs", ApiTableEmitter.Emit(all.Where(m => m.Error is null))));
    }

    private static IncrementalValuesProvider<MessageModel> Declared(
        IncrementalGeneratorInitializationContext context, string attribute, MessageKind kind) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
            Attributes + attribute,
            static (node, _) => node is ClassDeclarationSyntax,
            (declaration, _) => DeclarationReader.Read((INamedTypeSymbol)declaration.TargetSymbol, kind));

    private static void Emit(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<MessageModel> messages) =>
        context.RegisterSourceOutput(
            messages,
            (output, message) => output.AddSource($"{message.Root.Name}.g.cs", MessageEmitter.Emit(message)));
}
