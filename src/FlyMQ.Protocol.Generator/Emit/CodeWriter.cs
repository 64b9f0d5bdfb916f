using System;
using System.Text;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>Lines with indentation.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }

        text.Append('\n');
    }

    /// <summary>A head, and braces around what <paramref name="body"/> writes.</summary>
    public void Block(string head, Action body)
    {
        Line(head);
        Line("{");
        depth++;
        body();
        depth--;
        Line("}");
    }

    /// <summary>The body alone when there is no condition.</summary>
    public void If(string? condition, Action body)
    {
        if (condition is null)
        {
            body();
        }
        else
        {
            Block($"if ({condition})", body);
        }
    }

    public override string ToString() => text.ToString();
}
