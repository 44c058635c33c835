"""Mutants of mapping code: the same function with one step taken out or two fields exchanged.

A mutant replaces the code object of the function itself, so that whoever imported the function meets it too.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType
from typing import Any

LEDGER_STEPS = {"mapped", "normalised", "derived", "defaulted", "dropped", "unknown"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its kind, where it is, and the code that takes the place of the function's own."""

    kind: str
    place: str
    line: int
    function: FunctionType
    code: CodeType
    nth: int = 1

    @property
    def name(self) -> str:
        """What the change is called whatever its line: its kind, its place, and which of its kind there it is."""
        return f"{self.kind} | {self.place} | {self.nth}"

    def __str__(self) -> str:
        return f"{self.kind} {self.place}, line {self.line}"

    @property
    def spot(self) -> tuple[str, int]:
        """The file and the line of the change."""
        return self.function.__code__.co_filename, self.line

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Let the mutant stand in for the function."""
        own = self.function.__code__
        self.function.__code__ = self.code
        try:
            yield
        finally:
            self.function.__code__ = own


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of a module's functions and methods."""
    tree = ast.parse(inspect.getsource(module))
    seen: Counter[tuple[str, str]] = Counter()
    for name, function in _functions(module):
        node = _node(tree, name)
        for kind, change in _changes(node) if node else ():
            spoiled = copy.deepcopy(node)
            assert spoiled is not None
            line = change(list(ast.walk(spoiled)))
            code = _compiled(spoiled, name, module.__file__ or "")
            if code is not None and code.co_freevars == function.__code__.co_freevars:
                seen[kind, name] += 1
                yield Mutant(kind, f"{module.__name__} {name}", line, function, code, seen[kind, name])


def _compiled(function: ast.FunctionDef, qualname: str, file: str) -> CodeType | None:
    """Compile a function alone, in its class where it is a method."""
    function.decorator_list = []
    outer: ast.stmt = function
    if "." in qualname:
        around = ast.parse(f"class {qualname.partition('.')[0]}: pass").body[0]
        assert isinstance(around, ast.ClassDef)
        around.body = [function]
        outer = around
    head = ast.parse("from __future__ import annotations").body
    return _code(compile(ast.fix_missing_locations(ast.Module([*head, outer], [])), file, "exec"), qualname)


def _functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for name, value in vars(module).items():
        plain = inspect.unwrap(value) if callable(value) else value
        if isinstance(plain, FunctionType) and plain.__module__ == module.__name__:
            yield plain.__qualname__, plain
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            for inner in vars(value).values():
                if isinstance(inner, FunctionType) and inner.__qualname__ == f"{name}.{inner.__name__}":
                    yield inner.__qualname__, inner


def _node(tree: ast.Module, qualname: str) -> ast.FunctionDef | None:
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for step in qualname.split("."):
        found = next(
            (one for one in body if isinstance(one, (ast.FunctionDef, ast.ClassDef)) and one.name == step), None
        )
        if found is None:
            return None
        body = found.body
    return found if isinstance(found, ast.FunctionDef) else None


def _code(outer: CodeType, qualname: str) -> CodeType | None:
    for constant in outer.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualname:
                return constant
            if inner := _code(constant, qualname):
                return inner
    return None


Change = Callable[[list[ast.AST]], int]


def _changes(function: ast.FunctionDef) -> Iterator[tuple[str, Change]]:
    """What can be changed in a function, each as a step on the nodes of a copy in the order of `ast.walk`."""
    for index, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.Expr) and _is_ledger_step(node.value):
            yield "ledger step out", _replace_with_nothing(index)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
            fields = [number for number, one in enumerate(node.keywords) if one.arg]
            for number in fields:
                yield f"{node.func.id}.{node.keywords[number].arg} out", _without_keyword(index, number)
            for one, other in pairwise(fields):
                yield (
                    f"{node.keywords[one].arg} and {node.keywords[other].arg} exchanged",
                    _exchanged(index, one, other),
                )


def _is_ledger_step(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in LEDGER_STEPS


def _replace_with_nothing(index: int) -> Change:
    def change(nodes: list[ast.AST]) -> int:
        step: Any = nodes[index]
        step.value = ast.copy_location(ast.Constant(None), step.value)
        return int(step.lineno)

    return change


def _without_keyword(index: int, number: int) -> Change:
    def change(nodes: list[ast.AST]) -> int:
        call: Any = nodes[index]
        line = int(call.keywords[number].value.lineno)
        del call.keywords[number]
        return line

    return change


def _exchanged(index: int, one: int, other: int) -> Change:
    def change(nodes: list[ast.AST]) -> int:
        words = nodes[index].keywords  # type: ignore[attr-defined]
        words[one].value, words[other].value = words[other].value, words[one].value
        return int(words[one].value.lineno)

    return change
