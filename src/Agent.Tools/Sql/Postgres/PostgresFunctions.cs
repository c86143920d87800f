using System.Collections.Frozen;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// What may stand before a parenthesis: functions that only compute with their arguments, and words of the grammar. Missing are, beside
/// all that write, wait, read files or ask the server, those that make long texts of short ones (repeat, lpad, format).
/// </summary>
internal static class PostgresFunctions
{
    private static readonly FrozenSet<string> Functions = Words(
        // Aggregates and windows.
        """
        count sum avg min max bool_and bool_or every string_agg array_agg mode percentile_cont percentile_disc stddev stddev_pop stddev_samp
        variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy regr_sxx regr_sxy
        regr_syy row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value grouping any_value
        """,
        // Numbers.
        """
        abs ceil ceiling floor round trunc sqrt cbrt power pow exp ln log log10 mod div sign pi degrees radians sin cos tan asin acos atan atan2
        greatest least coalesce nullif width_bucket gcd lcm num_nulls num_nonnulls
        """,
        // Texts.
        """
        length char_length character_length octet_length lower upper initcap trim btrim ltrim rtrim substr substring position strpos replace
        translate left right reverse split_part concat concat_ws starts_with ascii chr overlay md5 regexp_replace regexp_match regexp_matches
        regexp_like regexp_count regexp_substr regexp_instr regexp_split_to_array regexp_split_to_table to_char to_number normalize
        """,
        // Times.
        """
        now date_trunc date_part extract age to_date to_timestamp make_date make_time make_timestamp make_timestamptz make_interval justify_days
        justify_hours justify_interval isfinite date_bin timezone clock_timestamp statement_timestamp transaction_timestamp current_time
        current_timestamp localtime localtimestamp overlaps
        """,
        // Sets, arrays, JSON, ranges, text search.
        """
        generate_series generate_subscripts unnest array_length array_position array_to_string string_to_array cardinality array_remove
        json_array_elements json_array_elements_text jsonb_array_elements jsonb_array_elements_text json_array_length jsonb_array_length
        json_each json_each_text jsonb_each jsonb_each_text json_object_keys jsonb_object_keys json_typeof jsonb_typeof json_extract_path
        json_extract_path_text jsonb_extract_path jsonb_extract_path_text jsonb_path_exists jsonb_path_query jsonb_path_query_first
        json_agg jsonb_agg json_object_agg jsonb_object_agg json_build_object jsonb_build_object to_json to_jsonb row_to_json
        lower_inc upper_inc isempty daterange int4range int8range numrange tsrange tstzrange
        to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd
        """,
        // Types with a length, and types called as functions.
        """
        date time timetz timestamp timestamptz interval numeric decimal dec float float4 float8 real int int2 int4 int8 bool text varchar char
        character varying bpchar bit nchar national precision
        """);

    private static readonly FrozenSet<string> Grammar = Words(
        """
        all and any array as asc between both by case cast cross cube desc distinct else end escape except exists extract fetch filter first following for from
        full group groups having ilike in inner intersect is join lateral leading left like limit materialized natural next not null offset
        on only or order outer over partition preceding range recursive right rollup row rows select sets similar some symmetric asymmetric
        then to trailing union using values when where window with within zone
        """);

    internal static bool Allows(string name) => Functions.Contains(name);

    /// <summary>Whether an unquoted word is one of the grammar that a parenthesis may follow.</summary>
    internal static bool IsGrammar(string word) => Grammar.Contains(word);

    private static FrozenSet<string> Words(params string[] texts) =>
        texts.SelectMany(text => text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).ToFrozenSet(StringComparer.Ordinal);
}
