"""Questions over a described database: the call carries the SQL, the answer the rows."""
from __future__ import annotations

import json
from typing import Any

import databases
import lexicon
from dialogues import noise
from dialogues.scene import Scene, assistant, calls, tool, user
from sqlquery import Asker, Query


def prepare(scene: Scene) -> None:
    scene.database = scene.pick(databases.load())
    data = lexicon.toml("sql_tools.toml")
    stock = scene.chance(0.6)
    language = scene.drawer.style.language
    name = "sql_query" if stock else scene.pick(data["names"])
    scene.sql_parameter = "sql" if stock else scene.pick(data["parameters"])
    describe_param = scene.pick(data["parameter_description"][language]) if not stock or scene.chance(0.5) else None
    described = describe(scene, scene.database, language)
    lead = scene.pick(data["description"][language])
    schema_in_prompt = not stock and scene.chance(0.15)
    if schema_in_prompt:
        scene.system = f"{scene.system}\n\n{described}"
    description = lead if schema_in_prompt else f"{lead}{scene.pick((' ', chr(10), chr(10)))}{described}"
    parameter = {"type": "string", **({"description": describe_param} if describe_param else {})}
    function = {"name": name, "description": description,
                "parameters": {"type": "object", "properties": {scene.sql_parameter: parameter}, "required": [scene.sql_parameter]}}
    scene.sql_name = name
    scene.add_raw({"type": "function", "function": function} if scene.drawer.style.wrap else function)


def describe(scene: Scene, database: databases.Database, language: str) -> str:
    """The schema in one of the ways that people write it."""
    form = scene.pick(("brief", "brief", "brief_types", "create", "lines", "samples", "samples"))
    comments = scene.chance(0.3)
    tables = [_table(scene, table, form, comments, language) for table in database.tables]
    scene.rng.shuffle(tables)
    lead = scene.pick(lexicon.toml("sql_tools.toml")["schema_lead"][language])
    if form in ("brief", "brief_types"):
        return f"{lead}{scene.pick((', ', '; ', chr(10)))}".rstrip(", ;\n") + " " + scene.pick((", ", "; ", "\n")).join(tables)
    return lead + "\n" + "\n".join(tables)


def _table(scene: Scene, table: databases.Table, form: str, comments: bool, language: str) -> str:
    names = [column.name for column in table.columns]
    if form == "brief":
        return f"{table.name}({', '.join(names)})"
    typed = [f"{column.name} {_type(column)}" for column in table.columns]
    if form == "brief_types":
        return f"{table.name}({', '.join(typed)})"
    if form == "create":
        entries = [text + (f" -- {column.words(language)}" if comments and not column.parent else "") for text, column in zip(typed, table.columns)]
        return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(entries) + "\n);" if comments else f"CREATE TABLE {table.name} ({', '.join(typed)});"
    if form == "lines":
        described = [f"{column.name} ({column.words(language)})" if comments and not column.parent else column.name for column in table.columns]
        return f"- {table.name}: {', '.join(described)}"
    shown = [f"{column.name} {_type(column)}{_samples(scene, column, language)}" for column in table.columns]
    return f"{table.name}({', '.join(shown)})"


def _type(column: databases.Column) -> str:
    if column.parent:
        return f"integer references {column.parent}"
    return {"int": "integer", "year": "integer", "number": "real", "money": "real", "percent": "real", "date": "date"}.get(column.kind, "text")


def _samples(scene: Scene, column: databases.Column, language: str) -> str:
    if column.parent:
        return ""
    if column.kind == "enum":
        return " [" + ", ".join(f"'{entry['value']}'" for entry in column.spec["values"]) + "]"
    if scene.chance(0.5):
        return ""
    return f" e.g. {scene.values.draw(column.spec, language, 'text').json}"


def turn(scene: Scene) -> list[dict] | None:
    if getattr(scene, "database", None) is None:
        return None
    asker = Asker(scene.values, scene.language, scene.database)
    query = asker.draw()
    question = query.question
    if scene.chance(0.25):
        question = question.rstrip(".?。？")
    text = noise.surround(question, scene.language, scene.rng)
    call = {"name": scene.sql_name, "arguments": {scene.sql_parameter: query.sql}}
    messages = [user(text)]
    if scene.chance(0.08):
        messages += _broken(scene, query)
    content, answer = result(scene, query)
    return [*messages, calls([call]), tool(content), assistant(answer)]


def _broken(scene: Scene, query: Query) -> list[dict]:
    """A statement that the database refuses; it is shown, not learned."""
    name = query.fields[0][0]
    wrong = query.sql.replace("FROM", "FORM", 1) if scene.chance(0.3) or not name.isidentifier() else query.sql.replace(name, name + "_name", 1)
    if wrong == query.sql:
        wrong = query.sql + " LIMIT"
    missing = f"no such column: {name}_name" if f"{name}_name" in wrong else 'near "FORM": syntax error' if "FORM" in wrong else "incomplete input"
    error = scene.pick((missing, f"{missing}. Correct the SQL and call the tool again.", f"SQL error: {missing}"))
    return [calls([{"name": scene.sql_name, "arguments": {scene.sql_parameter: wrong}}], train=False), tool(json.dumps({"error": error}, ensure_ascii=False))]


def result(scene: Scene, query: Query, form: str | None = None) -> tuple[str, str]:
    """What the database gives, in a form of its own or any, and the answer made from it."""
    count = 1 if query.single else scene.rng.randint(1, min(5, query.limit or 5))
    if not query.single and scene.chance(0.08):
        count = 0
    rows = [[scene.values.draw(spec, scene.language, "text").json if spec["kind"] != "money" else scene.values.draw(spec, scene.language).json
             for _, spec in query.fields] for _ in range(count)]
    names = [name for name, _ in query.fields]
    content = _encode(scene, names, rows, form)
    if not rows:
        return content, scene.say("no_rows")
    if len(rows) == 1 and len(names) == 1:
        value = scene.show(rows[0][0])
        return content, f"结果是{value}。" if scene.chinese else f"The answer is {value}."
    lines = [f"{index}. {_line(scene, names, row)}" for index, row in enumerate(rows, 1)]
    lead = f"共{len(rows)}条结果：" if scene.chinese else "Here is what I found:"
    return content, lead + "\n" + "\n".join(lines)


def _line(scene: Scene, names: list[str], row: list[Any]) -> str:
    texts = [scene.show(value) for value in row]
    if len(texts) == 2:
        return f"{texts[0]}：{texts[1]}" if scene.chinese else f"{texts[0]}: {texts[1]}"
    return ("，" if scene.chinese else ", ").join(texts)


def _encode(scene: Scene, names: list[str], rows: list[list[Any]], form: str | None) -> str:
    form = form or scene.pick(("objects", "objects", "columns", "table", "table", "bare"))
    if form == "objects":
        return scene.dump([dict(zip(names, row)) for row in rows])
    if form == "columns":
        return scene.dump({"columns": names, "rows": rows, "truncated": False} if scene.chance(0.5) else {"columns": names, "rows": rows})
    if form == "bare":
        return scene.dump({"rows": rows} if scene.chance(0.5) else rows)
    lines = ["| " + " | ".join(names) + " |", "| " + " | ".join("---" for _ in names) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(str(value) for value in row) + " |" for row in rows)])
