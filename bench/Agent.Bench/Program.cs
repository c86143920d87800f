using System.CommandLine;
using Agent.Bench;
using Agent.Core.Gguf;
using Agent.Core.Native;

var root = new RootCommand("Measures parts of the engine that no command shows alone; the model is measured by agent bench.");
var documents = new Option<int>("--documents") { Description = "Documents of the generated corpus.", DefaultValueFactory = _ => 100_000 };
var words = new Option<int>("--words") { Description = "Words of a document, on average.", DefaultValueFactory = _ => 200 };
var terms = new Option<int[]>("--terms") { Description = "Terms of a query, for example 2 4 8.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [2, 4, 8] };
var queries = new Option<int>("--queries") { Description = "Queries of each length.", DefaultValueFactory = _ => 200 };
var perSegment = new Option<int>("--segment") { Description = "Documents of a segment.", DefaultValueFactory = _ => 100_000 };
var withoutFts = new Option<bool>("--without-fts5") { Description = "Leaves out SQLite's FTS5." };
var retrieval = new Command("retrieval", "Measures the inverted index over a generated corpus, beside SQLite's FTS5.")
{
    documents, words, terms, queries, perSegment, withoutFts,
};
retrieval.SetAction((parsed, cancellationToken) => new RetrievalBenchmark
{
    Documents = parsed.GetValue(documents),
    Words = parsed.GetValue(words),
    Terms = parsed.GetRequiredValue(terms),
    Queries = parsed.GetValue(queries),
    DocumentsPerSegment = parsed.GetValue(perSegment),
    WithFts5 = !parsed.GetValue(withoutFts),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(retrieval);

var passages = new Option<int>("--passages") { Description = "Sections of the generated documents; each becomes a passage.", DefaultValueFactory = _ => 100_000 };
var perDocument = new Option<int>("--per-document") { Description = "Sections of a document.", DefaultValueFactory = _ => 20 };
var ingest = new Command("ingest", "Measures files on their way into a collection, and the searches of an application.")
{
    passages, perDocument, terms, queries,
};
ingest.SetAction((parsed, cancellationToken) => new IngestBenchmark
{
    Passages = parsed.GetValue(passages),
    PassagesPerDocument = parsed.GetValue(perDocument),
    Terms = parsed.GetRequiredValue(terms),
    Queries = parsed.GetValue(queries),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(ingest);
var rows = new Option<int>("--rows") { Description = "Vectors.", DefaultValueFactory = _ => 100_000 };
var dimensions = new Option<int>("--dimensions") { Description = "Components of each vector.", DefaultValueFactory = _ => 384 };
var vectorQueries = new Option<int>("--queries") { Description = "Queries.", DefaultValueFactory = _ => 200 };
var spread = new Option<float>("--spread") { Description = "Distance of vectors from the centres of clusters, relative to their length; 0 for no clusters.", DefaultValueFactory = _ => 0f };
var sqliteVec = new Option<string?>("--sqlite-vec") { Description = "The extension's file (vec0), to measure it beside." };
var vectors = new Command("vectors", "Measures exact search over generated vectors, beside scans in other forms and sqlite-vec.")
{
    rows, dimensions, vectorQueries, spread, sqliteVec,
};
vectors.SetAction((parsed, cancellationToken) => new VectorBenchmark
{
    Rows = parsed.GetValue(rows),
    Dimensions = parsed.GetValue(dimensions),
    Queries = parsed.GetValue(vectorQueries),
    Spread = parsed.GetValue(spread),
    SqliteVec = parsed.GetValue(sqliteVec),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(vectors);
var vocabulary = new Option<string>("--vocabulary") { Description = "A GGUF file; its vocabulary is enough.", DefaultValueFactory = _ => "tests/data/qwen2.5-vocab.gguf" };
var suite = new Option<string>("--suite") { Description = "A suite of `agent eval tools`; its expected calls are written.", DefaultValueFactory = _ => "models/eval/requests.jsonl" };
var toolSets = new Option<string>("--toolsets") { Description = "Its tool sets.", DefaultValueFactory = _ => "models/eval/toolsets.json" };
var library = new Option<string?>("--library") { Description = "A folder with llama.cpp; default: the one beside the program." };
var constraints = new Command("constraints", "Measures what holding tool calls to their schemas costs for each token, without a model.")
{
    vocabulary, suite, toolSets, library,
};
constraints.SetAction((parsed, cancellationToken) => new ConstraintBenchmark
{
    VocabularyPath = parsed.GetRequiredValue(vocabulary),
    SuitePath = parsed.GetRequiredValue(suite),
    ToolSetsPath = parsed.GetRequiredValue(toolSets),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(constraints);
var model = new Option<string>("--model") { Description = "A GGUF file; its weights may be random.", DefaultValueFactory = _ => "models/agent-mini.gguf" };
var passageText = new Option<string>("--text") { Description = "The text in the prompt, which answers quote.", DefaultValueFactory = _ => "docs/tools.md" };
var otherText = new Option<string>("--other") { Description = "A text of which the rest of the answers is taken.", DefaultValueFactory = _ => "docs/retrieval.md" };
var promptTokens = new Option<int>("--prompt-tokens") { Description = "Tokens of the prompt.", DefaultValueFactory = _ => 2000 };
var answerTokens = new Option<int>("--tokens") { Description = "Tokens of each answer.", DefaultValueFactory = _ => 400 };
var shares = new Option<double[]>("--quoted") { Description = "Parts of the answer that are quotes, 0 to 1.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [0, 0.5, 0.75, 1] };
var lookupRuns = new Option<int>("--runs") { Description = "Runs that count.", DefaultValueFactory = _ => 5 };
var lookup = new Command("lookup", "Measures what trying tokens ahead gains where answers quote their prompt.")
{
    model, passageText, otherText, promptTokens, answerTokens, shares, lookupRuns, library,
};
lookup.SetAction((parsed, cancellationToken) => new LookupBenchmark
{
    ModelPath = parsed.GetRequiredValue(model),
    PassagesPath = parsed.GetRequiredValue(passageText),
    OtherPath = parsed.GetRequiredValue(otherText),
    PromptTokens = parsed.GetValue(promptTokens),
    AnswerTokens = parsed.GetValue(answerTokens),
    Shares = parsed.GetRequiredValue(shares),
    Runs = parsed.GetValue(lookupRuns),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(lookup);
var steps = new Option<int>("--steps") { Description = "Tokens behind the prompt, computed one by one.", DefaultValueFactory = _ => 32 };
var write = new Option<string?>("--write") { Description = "A file for the logits, for another run to compare with." };
var against = new Option<string?>("--against") { Description = "The logits of another run: of another backend, GPU or number of threads." };
var tolerance = new Option<double>("--tolerance") { Description = "Most divergence that is agreement: the mean over all rows, in nats.", DefaultValueFactory = _ => 0.01 };
var logitsTokens = new Option<int>("--prompt-tokens") { Description = "Tokens of the prompt.", DefaultValueFactory = _ => 512 };
var logits = new Command("logits", "Compares the logits of one text between two runs, such as on a CPU and on a GPU.")
{
    model, passageText, logitsTokens, steps, write, against, tolerance, library,
};
logits.SetAction((parsed, cancellationToken) => new LogitsBenchmark
{
    ModelPath = parsed.GetRequiredValue(model),
    TextPath = parsed.GetRequiredValue(passageText),
    PromptTokens = parsed.GetValue(logitsTokens),
    Steps = parsed.GetValue(steps),
    WritePath = parsed.GetValue(write),
    AgainstPath = parsed.GetValue(against),
    Tolerance = parsed.GetValue(tolerance),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(logits);
var textTokens = new Command("tokeniser", "Measures how long a text takes to become tokens, anew and where it came lately.") { vocabulary, passageText, library };
textTokens.SetAction((parsed, cancellationToken) => new TokeniserBenchmark
{
    VocabularyPath = parsed.GetRequiredValue(vocabulary),
    TextPath = parsed.GetRequiredValue(passageText),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(textTokens);
var sequences = new Option<int[]>("--sequences") { Description = "Sequences of a step.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 8, 32] };
var selection = new Command("selection", "Measures what it saves that the device picks the best logits of each row, and checks that it picks the right ones.") { model, sequences, steps, library };
selection.SetAction((parsed, cancellationToken) => new SelectionBenchmark
{
    ModelPath = parsed.GetRequiredValue(model),
    Sequences = parsed.GetRequiredValue(sequences),
    Steps = parsed.GetValue(steps),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(selection);
var heldTokens = new Option<int>("--tokens") { Description = "Tokens of each answer.", DefaultValueFactory = _ => 128 };
var held = new Command("constrained", "Measures what it costs that answers follow a schema, with many at once.") { model, sequences, heldTokens, lookupRuns, library };
held.SetAction((parsed, cancellationToken) => new ConstrainedLoadBenchmark
{
    ModelPath = parsed.GetRequiredValue(model),
    Sequences = parsed.GetRequiredValue(sequences),
    Tokens = parsed.GetValue(heldTokens),
    Runs = parsed.GetValue(lookupRuns),
    LibraryPath = parsed.GetValue(library),
}.RunAsync(Console.Out, cancellationToken));
root.Subcommands.Add(held);
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or LlamaException or GgufFormatException)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}").ConfigureAwait(false);
    return 1;
}
