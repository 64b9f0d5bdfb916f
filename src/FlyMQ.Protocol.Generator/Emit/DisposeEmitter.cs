using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>The method that gives back every records source a response holds.</summary>
internal static class DisposeEmitter
{
    public static void Emit(CodeWriter code, MessageModel message, StructModel type, string visibility)
    {
        if (message.Kind != MessageKind.Response || (type != message.Root && !HoldsRecords(message, type)))
        {
            return;
        }

        code.Line();
        code.Block($"{visibility} void Dispose()", () =>
        {
            foreach (var field in type.Fields)
            {
                Field(code, message, field);
            }
        });
    }

    private static void Field(CodeWriter code, MessageModel message, FieldModel field)
    {
        if (field.Type == WireType.RecordsSource)
        {
            code.Line($"{field.Name}?.Dispose();");
            code.Line($"{field.Name} = {field.Default};");
        }
        else if (field is { Type: WireType.Struct, IsList: true } && HoldsRecords(message, message.Struct(field)))
        {
            code.Block($"foreach (var item in {field.Name})", () => code.Line("item.Dispose();"));
        }
    }

    private static bool HoldsRecords(MessageModel message, StructModel type) => type.Fields.Any(f =>
        f.Type == WireType.RecordsSource || (f.Type == WireType.Struct && HoldsRecords(message, message.Struct(f))));
}
