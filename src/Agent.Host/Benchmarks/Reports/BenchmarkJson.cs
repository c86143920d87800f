using System.Text.Json;
using Agent.Host.Benchmarks.Figures;
using Agent.Host.Terminal;

namespace Agent.Host.Benchmarks.Reports;

/// <summary>Results for programs.</summary>
internal static class BenchmarkJson
{
    /// <summary>Writes the fields of a report.</summary>
    public static void Write(Utf8JsonWriter json, BenchmarkReport report)
    {
        json.WriteString("benchmark"u8, report.Mode);
        json.WriteBoolean("complete"u8, report.IsComplete);
        json.WriteString("model"u8, report.Model);
        json.WriteString("backend"u8, report.Backend);
        WriteNumber(json, "load_s", report.LoadTime?.TotalSeconds);
        json.WriteString("server"u8, report.Server?.ToString());
        json.WriteString("server_model"u8, report.ServerModel);
        json.WriteString("sampling"u8, report.Sampling);
        json.WriteNumber("seed"u8, report.Seed);
        json.WriteNumber("runs"u8, report.Runs);
        json.WriteNumber("failed"u8, report.Failed);
        json.WriteStartArray("results"u8);
        foreach (var result in report.Results)
        {
            WriteResult(json, result);
        }

        json.WriteEndArray();
        json.WriteStartArray("ratios"u8);
        foreach (var ratio in report.Ratios)
        {
            WriteRatio(json, ratio);
        }

        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, CaseResult result)
    {
        json.WriteStartObject();
        json.WriteString("load"u8, result.Load.Name);
        json.WriteStartObject("parameters"u8);
        foreach (var (name, value) in result.Load.Parameters)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        json.WriteString("target"u8, result.Target);
        json.WriteNumber("runs_done"u8, result.Runs.Count);
        WriteNumber(json, "gpu_memory_bytes", result.GpuMemory);
        if (result.Median is { } median)
        {
            WriteFigures(json, median);
        }

        json.WriteStartArray("tokens_per_second_of_runs"u8);
        foreach (var run in result.Runs)
        {
            json.WriteNumberValue(Math.Round(run.TokensPerSecond ?? 0, 2));
        }

        json.WriteEndArray();
        json.WriteNumber("failed"u8, result.Failed);
        json.WriteStartObject("errors"u8);
        foreach (var kind in result.Runs.SelectMany(run => run.Errors).GroupBy(error => error.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(kind.Key, kind.Sum(error => error.Value.Count));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, LoadFigures figures)
    {
        json.WriteNumber("requests"u8, figures.Requests);
        json.WriteNumber("short_answers"u8, figures.ShortAnswers);
        WriteNumber(json, "wall_s", figures.Wall.TotalSeconds);
        WriteNumber(json, "tokens_per_second", figures.TokensPerSecond);
        WriteNumber(json, "decode_tokens_per_second", figures.DecodeTokensPerSecond);
        WriteNumber(json, "prompt_tokens_per_second", figures.PromptTokensPerSecond);
        WriteNumber(json, "request_tokens_per_second", figures.RequestTokensPerSecond);
        json.WriteNumber("output_tokens"u8, figures.OutputTokens);
        WriteNumber(json, "prompt_tokens", figures.PromptTokens);
        WriteNumber(json, "computed_tokens", figures.ComputedTokens);
        WriteNumber(json, "cached_tokens", figures.CachedTokens);
        WriteSpread(json, "first_token_ms", figures.FirstToken);
        WriteSpread(json, "gap_ms", figures.Gaps);
        WriteSpread(json, "gap_before_ms", figures.GapsBefore);
        WriteSpread(json, "gap_during_ms", figures.GapsDuring);
        WriteSteps(json, figures.Steps);
    }

    private static void WriteSteps(Utf8JsonWriter json, StepFigures? steps)
    {
        if (steps is null)
        {
            json.WriteNull("steps"u8);
            return;
        }

        json.WriteStartObject("steps"u8);
        json.WriteNumber("count"u8, steps.Steps);
        WriteNumber(json, "total_ms", steps.Times.Total.TotalMilliseconds);
        WriteNumber(json, "decoding_ms", steps.Times.Decoding.TotalMilliseconds);
        WriteNumber(json, "waiting_ms", steps.Times.Waiting.TotalMilliseconds);
        WriteNumber(json, "sampling_ms", steps.Times.Sampling.TotalMilliseconds);
        WriteNumber(json, "delivering_ms", steps.Times.Delivering.TotalMilliseconds);
        WriteNumber(json, "overhead", steps.Times.Overhead);
        json.WriteEndObject();
    }

    private static void WriteSpread(Utf8JsonWriter json, string name, Spread? spread)
    {
        if (spread is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("count"u8, spread.Count);
        WriteNumber(json, "p50", spread.Median);
        WriteNumber(json, "p99", spread.P99);
        WriteNumber(json, "max", spread.Greatest);
        WriteNumber(json, "p99_over_p50", spread.Ratio);
        json.WriteEndObject();
    }

    private static void WriteRatio(Utf8JsonWriter json, CaseRatio ratio)
    {
        json.WriteStartObject();
        json.WriteString("load"u8, ratio.Load);
        WriteNumber(json, "tokens_per_second", ratio.TokensPerSecond);
        WriteNumber(json, "decode_tokens_per_second", ratio.DecodeTokensPerSecond);
        WriteNumber(json, "prompt_tokens_per_second", ratio.PromptTokensPerSecond);
        WriteNumber(json, "request_tokens_per_second", ratio.RequestTokensPerSecond);
        WriteNumber(json, "first_token_p50", ratio.FirstTokenMedian);
        WriteNumber(json, "first_token_p99", ratio.FirstTokenP99);
        WriteNumber(json, "gap_p50", ratio.GapMedian);
        WriteNumber(json, "gap_p99", ratio.GapP99);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value) => json.WriteNumberOrNull(name, value, 3);
}
