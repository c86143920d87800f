using System.Reflection;
using System.Text.Json;
using Agent.Core.Agents;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Tools.Function;

/// <summary>
/// Makes parameters of arguments. A value that fits the schema may still not fit the parameter, a number too big for one; the
/// model is told so, as only it can mend that.
/// </summary>
internal static class ArgumentBinding
{
    internal static AIFunctionFactoryOptions.ParameterBindingOptions For(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(AIFunctionArguments) || parameter.ParameterType == typeof(IServiceProvider))
        {
            return default;
        }

        return parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? new AIFunctionFactoryOptions.ParameterBindingOptions { ExcludeFromSchema = true, BindParameter = (service, arguments) => Service(service, keyed.Key, arguments) }
            : new AIFunctionFactoryOptions.ParameterBindingOptions { BindParameter = Bind };
    }

    private static object? Service(ParameterInfo parameter, object? key, AIFunctionArguments arguments)
    {
        var services = arguments.Services ?? throw new InvalidOperationException($"A call brings no services to take {parameter.ParameterType} from.");
        return (services as IKeyedServiceProvider)?.GetKeyedService(parameter.ParameterType, key)
            ?? (parameter.HasDefaultValue ? null : throw new InvalidOperationException($"No service {parameter.ParameterType} is registered under the key {key}."));
    }

    private static object? Bind(ParameterInfo parameter, AIFunctionArguments arguments)
    {
        var name = parameter.Name ?? string.Empty;
        var type = parameter.ParameterType;
        var isGiven = arguments.TryGetValue(name, out var value);
        if (value is JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined })
        {
            value = null;
        }

        if (value is null)
        {
            return isGiven && TakesNull(type) ? null
                : parameter.HasDefaultValue ? Default(parameter)
                : throw new ToolException($"The argument {name} is missing.");
        }

        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            var json = value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions);
            return json.Deserialize(type, AIJsonUtilities.DefaultOptions);
        }
        catch (JsonException exception)
        {
            var place = exception.Path is { Length: > 1 } path ? path[1..] : string.Empty;
            throw new ToolException($"The argument {name}{place} cannot be read{Expected(type)}.", exception);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new ToolException($"The argument {name} cannot be read{Expected(type)}.", exception);
        }
    }

    private static bool TakesNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private static object? Default(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var value = parameter.DefaultValue;
        if (value is null)
        {
            return TakesNull(type) ? null : Activator.CreateInstance(type);
        }

        // The default of an enum that may be null is kept as its number.
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum && value.GetType() != plain ? Enum.ToObject(plain, value) : value;
    }

    private static string Expected(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum)
        {
            return $" as one of {string.Join(", ", Enum.GetNames(plain))}";
        }

        return Type.GetTypeCode(plain) switch
        {
            TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 =>
                $" as a whole number from {plain.GetField("MinValue")?.GetValue(null)} to {plain.GetField("MaxValue")?.GetValue(null)}",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => " as a number of that size",
            TypeCode.DateTime => " as a date and time such as 2026-07-15T12:00:00",
            TypeCode.Char => " as a single character",
            TypeCode.Boolean => " as true or false",
            _ when plain == typeof(DateTimeOffset) => " as a date and time such as 2026-07-15T12:00:00Z",
            _ when plain == typeof(DateOnly) => " as a date such as 2026-07-15",
            _ when plain == typeof(TimeOnly) => " as a time such as 12:00:00",
            _ when plain == typeof(TimeSpan) => " as a duration such as 01:30:00",
            _ when plain == typeof(Guid) => " as a UUID",
            _ when plain == typeof(Uri) => " as a URI",
            _ => string.Empty,
        };
    }
}
