using System;
using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>The method that tells every error of a response.</summary>
internal static class ErrorsEmitter
{
    private const string ErrorCode = "global::FlyMQ.Protocol.ErrorCode";

    public static void Emit(CodeWriter code, MessageModel message, StructModel type, string visibility)
    {
        if (message.Kind != MessageKind.Response || (type != message.Root && !HoldsErrors(message, type)))
        {
            return;
        }

        code.Line();
        code.Block($"{visibility} void TellErrors(IErrorSink errors)", () =>
        {
            foreach (var field in type.Fields)
            {
                Field(code, message, field);
            }
        });
    }

    private static void Field(CodeWriter code, MessageModel message, FieldModel field)
    {
        if (IsError(field) && !field.IsList)
        {
            code.Block($"if ({field.Name} != {ErrorCode}.None)", () => code.Line($"errors.Add({field.Name});"));
        }
        else if (field.Type == WireType.Struct && HoldsErrors(message, message.Struct(field)))
        {
            Action each = field.IsList
                ? () => code.Block($"foreach (var item in {field.Name})", () => code.Line("item.TellErrors(errors);"))
                : () => code.Line($"{field.Name}.TellErrors(errors);");
            code.If(field.IsNullable ? $"{field.Name} is not null" : null, each);
        }
    }

    private static bool HoldsErrors(MessageModel message, StructModel type) => type.Fields.Any(f =>
        IsError(f) || (f.Type == WireType.Struct && HoldsErrors(message, message.Struct(f))));

    private static bool IsError(FieldModel field) => field.IsEnum && field.TypeName == ErrorCode;
}
