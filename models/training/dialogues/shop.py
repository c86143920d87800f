"""The stock database tool over the sample shop, exactly as the product declares it, and the questions that people try first."""
from __future__ import annotations

import datetime

import lexicon
import numerals
from databases import load
from dialogues import noise, sql
from dialogues.scene import Scene, assistant, calls, tool, user
from sqlquery import Asker, Query, between, literal, next_month
from values import MONTHS, capital

ITEMS = "FROM order_items JOIN orders ON order_items.order_id = orders.id JOIN products ON order_items.product_id = products.id"
SALES = "SUM(order_items.quantity * order_items.price)"
SPENT = "FROM order_items JOIN orders ON order_items.order_id = orders.id JOIN customers ON orders.customer_id = customers.id"
MONEY = {"kind": "number", "max": 99999, "decimals": 2}
COUNT = {"kind": "int", "max": 3000}
DATES = "Dates are texts; today is date('now'), last month strftime('%Y-%m', date('now', 'start of month', '-1 month'))."


def prepare(scene: Scene) -> None:
    scene.database = next(database for database in load() if database.key == "stock_shop")
    scene.sql_name, scene.sql_parameter = "sql_query", "sql"
    values, language = scene.values, scene.language

    def sample(kind: str, text: str | None = None) -> str:
        return f" e.g. {literal(text or values.text(kind, language))}"

    day = values.draw({"kind": "date"}, language, "iso").json
    described = "\n".join((
        "Runs one SQLite SELECT (read only). Tables:",
        f"customers(id integer, name text{sample('person')}, city text{sample('city')}, email text{sample('email')}, joined_on text e.g. '{day}')",
        f"products(id integer, name text{sample('product')}, name_en text{sample('product')}, category text{sample('word', scene.pick(list(lexicon.toml('shop.toml')['categories'])))}, price real)",
        f"orders(id integer, customer_id integer -> customers.id, ordered_on text e.g. '{values.draw({'kind': 'date'}, language, 'iso').json}', status text e.g. 'delivered')",
        "order_items(order_id integer -> orders.id, product_id integer -> products.id, quantity integer, price real)",
        DATES))
    scene.add_raw({"type": "function", "function": {
        "name": "sql_query", "description": described,
        "parameters": {"type": "object", "properties": {"sql": {"type": "string", "description": "One SELECT statement"}}, "required": ["sql"]}}})


def turn(scene: Scene) -> list[dict] | None:
    query = _Shop(scene).draw() if scene.chance(0.75) else Asker(scene.values, scene.language, scene.database).draw()
    question = query.question.rstrip(".?。？") if scene.chance(0.25) else query.question
    call = {"name": scene.sql_name, "arguments": {scene.sql_parameter: query.sql}}
    messages = [user(noise.surround(question, scene.language, scene.rng))]
    if scene.chance(0.06):
        messages += _refused(scene, query)
    content, answer = sql.result(scene, query, "objects" if scene.chance(0.85) else None)
    return [*messages, calls([call]), tool(content), assistant(answer)]


def _refused(scene: Scene, query: Query) -> list[dict]:
    """A statement with a column that there is not, and the words of the product about it; shown, not learned."""
    wrong = query.sql.replace("ordered_on", "order_date").replace("order_items.price", "orders.total", 1).replace("products.name", "products.title")
    if wrong == query.sql:
        return []
    column = next(name for name in ("orders.order_date", "order_date", "orders.total", "products.title") if name in wrong)
    error = (f"SQL error: no such column: {column}. Tables: products(id, name, name_en, category, price); orders(id, customer_id, ordered_on, status); "
             "order_items(order_id, product_id, quantity, price). Other tables: customers. Correct the statement and call again; 2 repairs remain.")
    return [calls([{"name": scene.sql_name, "arguments": {scene.sql_parameter: wrong}}], train=False), tool(scene.dump({"error": error}))]


class _Shop:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = scene.rng
        self.values = scene.values
        self.chinese = scene.chinese
        self.words = lexicon.toml("shop.toml")

    def draw(self) -> Query:
        makers = ((self._top_sales, 26), (self._top_units, 8), (self._total, 8), (self._orders, 8), (self._status, 5), (self._customers, 8), (self._city, 7), (self._price, 6), (self._dearest, 7),
                  (self._category, 6), (self._groups, 5), (self._units, 5), (self._of_customer, 5), (self._average, 4), (self._products, 3))
        return self.rng.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]()

    # --- words

    def _ask(self, key: str, sql_text: str, fields: list[tuple[str, dict]], single: bool = False, limit: int | None = None, period: str = "", **words: str) -> Query:
        text = self.rng.choice(self.words[key]["zh" if self.chinese else "en"])
        words["period"] = period if self.chinese or not period else f" {period}"
        words["period_first"] = capital(f"{period}, ") if period else ""
        for name, word in words.items():
            text = text.replace("{" + name + "}", word)
        return Query(text if self.chinese or self.rng.random() < 0.4 else capital(text), sql_text, fields, single, limit)

    def _number(self) -> tuple[int, str]:
        count = self.rng.choice((3, 3, 3, 5, 5, 10, 2, 4, 6, 8))
        spoken = numerals.chinese(count, counting=True) if self.chinese else numerals.english(count)
        return count, spoken if self.rng.random() < 0.55 else str(count)

    def _period(self) -> tuple[str, str]:
        """Words and the condition on the order date; both empty for all time."""
        chance = self.rng.random()
        if chance < 0.25:
            return "", ""
        today = self.values.today
        if today and chance < 0.75:
            month, year = today.replace(day=1), today.replace(month=1, day=1)
            last = (month - datetime.timedelta(days=1)).replace(day=1)
            first, end, english, chinese = self.rng.choice((
                (last, month, "last month", "上个月"), (last, month, "last month", "上个月"), (last, month, "last month", "上月"),
                (month, next_month(month), "this month", "这个月"), (month, next_month(month), "this month", "本月"),
                (year, year.replace(year=year.year + 1), "this year", "今年"), (year.replace(year=year.year - 1), year, "last year", "去年"),
                (today, today + datetime.timedelta(days=1), "today", "今天"), (today - datetime.timedelta(days=1), today, "yesterday", "昨天")))
            return (chinese if self.chinese else english), between("orders.ordered_on", first, end)
        day = datetime.date.fromisoformat(self.values.draw({"kind": "date"}, self.scene.language, "iso").json)
        if chance < 0.9:
            first = day.replace(day=1)
            return (f"{first.year}年{first.month}月" if self.chinese else f"in {MONTHS[first.month - 1]} {first.year}"), between("orders.ordered_on", first, next_month(first))
        first = day.replace(month=1, day=1)
        return (f"{first.year}年" if self.chinese else f"in {first.year}"), between("orders.ordered_on", first, first.replace(year=first.year + 1))

    def _where(self, *conditions: str) -> str:
        kept = [condition for condition in conditions if condition]
        return " WHERE " + " AND ".join(kept) if kept else ""

    # --- questions

    def _top_sales(self) -> Query:
        (count, n), (period, when) = self._number(), self._period()
        return self._ask("top_sales", f"SELECT products.name, {SALES} {ITEMS}{self._where(when)} GROUP BY products.name ORDER BY {SALES} DESC LIMIT {count}",
                         [("name", {"kind": "product"}), (SALES, MONEY)], limit=count, period=period, n=n)

    def _top_units(self) -> Query:
        (count, n), (period, when) = self._number(), self._period()
        units = "SUM(order_items.quantity)"
        return self._ask("top_units", f"SELECT products.name, {units} {ITEMS}{self._where(when)} GROUP BY products.name ORDER BY {units} DESC LIMIT {count}",
                         [("name", {"kind": "product"}), (units, COUNT)], limit=count, period=period, n=n)

    def _total(self) -> Query:
        period, when = self._period()
        start = "FROM order_items JOIN orders ON order_items.order_id = orders.id" if when else "FROM order_items"
        expression = SALES if when else "SUM(quantity * price)"
        return self._ask("total_sales", f"SELECT {expression} {start}{self._where(when)}", [(expression, MONEY)], True, period=period)

    def _orders(self) -> Query:
        period, when = self._period()
        return self._ask("count_orders", f"SELECT COUNT(*) FROM orders{self._where(when.replace('orders.', ''))}", [("COUNT(*)", COUNT)], True, period=period)

    def _status(self) -> Query:
        key, words = self.rng.choice(list(self.words["statuses"].items()))
        return self._ask("count_status", f"SELECT COUNT(*) FROM orders WHERE status = '{key}'", [("COUNT(*)", COUNT)], True, status=words[self.chinese])

    def _customers(self) -> Query:
        (count, n), (period, when) = self._number(), self._period()
        return self._ask("top_customers", f"SELECT customers.name, {SALES} {SPENT}{self._where(when)} GROUP BY customers.id ORDER BY {SALES} DESC LIMIT {count}",
                         [("name", {"kind": "person"}), (SALES, MONEY)], limit=count, period=period, n=n)

    def _city(self) -> Query:
        city = self.values.draw({"kind": "city"}, self.scene.language, "text")
        return self._ask("count_city", f"SELECT COUNT(*) FROM customers WHERE city = {literal(city.json)}", [("COUNT(*)", COUNT)], True, city=city.text)

    def _price(self) -> Query:
        product = self.values.draw({"kind": "product"}, self.scene.language, "text")
        column = "name" if self.chinese else "name_en"
        return self._ask("price", f"SELECT price FROM products WHERE {column} = {literal(product.json)}", [("price", MONEY)], True, product=product.text)

    def _dearest(self) -> Query:
        count, n = self._number()
        key, order = self.rng.choice((("dearest", "DESC"), ("dearest", "DESC"), ("cheapest", "ASC")))
        return self._ask(key, f"SELECT name, price FROM products ORDER BY price {order} LIMIT {count}", [("name", {"kind": "product"}), ("price", MONEY)], limit=count, n=n)

    def _category(self) -> Query:
        period, when = self._period()
        return self._ask("by_category", f"SELECT products.category, {SALES} {ITEMS}{self._where(when)} GROUP BY products.category ORDER BY {SALES} DESC",
                         [("category", {"kind": "word"}), (SALES, MONEY)], period=period)

    def _groups(self) -> Query:
        if self.rng.random() < 0.5:
            return self._ask("by_city", "SELECT city, COUNT(*) FROM customers GROUP BY city ORDER BY COUNT(*) DESC", [("city", {"kind": "city"}), ("COUNT(*)", COUNT)])
        period, when = self._period()
        return self._ask("by_status", f"SELECT status, COUNT(*) FROM orders{self._where(when.replace('orders.', ''))} GROUP BY status ORDER BY COUNT(*) DESC",
                         [("status", {"kind": "enum", "values": [{"value": key, "en": [key], "zh": [key]} for key in self.words["statuses"]]}), ("COUNT(*)", COUNT)], period=period)

    def _units(self) -> Query:
        product, (period, when) = self.values.draw({"kind": "product"}, self.scene.language, "text"), self._period()
        column = "name" if self.chinese else "name_en"
        return self._ask("units_of", f"SELECT SUM(order_items.quantity) {ITEMS}{self._where(f'products.{column} = {literal(product.json)}', when)}",
                         [("SUM(order_items.quantity)", COUNT)], True, period=period, product=product.text)

    def _of_customer(self) -> Query:
        customer, (period, when) = self.values.draw({"kind": "person"}, self.scene.language, "text"), self._period()
        sql_text = f"SELECT orders.id, orders.ordered_on, orders.status FROM orders JOIN customers ON orders.customer_id = customers.id{self._where(f'customers.name = {literal(customer.json)}', when)} ORDER BY orders.ordered_on"
        return self._ask("orders_of", sql_text, [("id", COUNT), ("ordered_on", {"kind": "date"}), ("status", {"kind": "enum", "values": [{"value": key, "en": [key], "zh": [key]} for key in self.words["statuses"]]})],
                         period=period, customer=customer.text)

    def _average(self) -> Query:
        period, when = self._period()
        sql_text = f"SELECT {SALES} / COUNT(DISTINCT order_items.order_id) FROM order_items JOIN orders ON order_items.order_id = orders.id{self._where(when)}"
        return self._ask("average_order", sql_text, [(f"{SALES} / COUNT(DISTINCT order_items.order_id)", MONEY)], True, period=period)

    def _products(self) -> Query:
        key, words = self.rng.choice(list(self.words["categories"].items()))
        return self._ask("count_products", f"SELECT COUNT(*) FROM products WHERE category = '{key}'", [("COUNT(*)", COUNT)], True, category=words[self.chinese])
