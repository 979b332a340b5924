"""Reading the imports of a package and holding them against the rules of its layout.

Comes in: the folder of a package. Goes out: violations, one line each. Every import statement
counts, those inside functions and those for type checking too, and `import_module("name")`.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One import in the source.

    Attributes:
        importer: Full name of the module that imports.
        imported: Full name of what it imports: a module of the package, or any other name.
        line: Where.
    """

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def read_imports(folder: Path) -> dict[str, list[Import]]:
    """Return the imports of every module below a package's folder, by the module's full name."""
    files = {_module_name(folder, file): file for file in sorted(folder.rglob("*.py"))}
    return {module: list(_imports_of(module, file, files.keys())) for module, file in files.items()}


def import_cycle(imports: Mapping[str, Sequence[Import]], facade: str) -> list[str]:
    """Return the modules of one import cycle, none if there is none; the facade does not count."""
    graph = {
        module: {each.imported for each in found} & (imports.keys() - {facade, module})
        for module, found in imports.items()
        if module != facade
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def upward_imports(
    imports: Mapping[str, Sequence[Import]], facade: str, order: Sequence[str]
) -> list[str]:
    """Return the imports of a part of the package that does not stand above the importing one."""
    violations = []
    for each in _all(imports, but=facade):
        if each.imported in imports and each.imported != facade:
            importer, imported = _part(each.importer), _part(each.imported)
            if importer != imported and order.index(imported) >= order.index(importer):
                violations.append(str(each))
    return violations


def unknown_parts(
    imports: Mapping[str, Sequence[Import]], facade: str, order: Sequence[str]
) -> list[str]:
    """Return the parts of the package for which the order has no place."""
    return sorted({_part(module) for module in imports if module != facade} - set(order))


def foreign_owners(
    imports: Mapping[str, Sequence[Import]], owners: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the imports of a heavy dependency outside the modules that own it.

    Args:
        imports: From `read_imports`.
        owners: For each dependency the modules, or packages with all their modules, that may.
    """
    return [
        str(each)
        for each in _all(imports)
        if (allowed := owners.get(each.imported.split(".")[0])) is not None
        and not any(_is_within(each.importer, owner) for owner in allowed)
    ]


def facade_imports(
    imports: Mapping[str, Sequence[Import]], facade: str, allowed: Collection[str]
) -> list[str]:
    """Return the imports of names from the facade, which would hide where they come from."""
    return [
        str(each)
        for each in _all(imports, but=facade)
        if each.imported not in imports
        and _is_within(each.imported, facade)
        and each.imported.removeprefix(f"{facade}.") not in allowed
    ] + [str(each) for each in _all(imports, but=facade) if each.imported == facade]


def _module_name(folder: Path, file: Path) -> str:
    parts = (folder.name, *file.relative_to(folder).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def _imports_of(module: str, file: Path, known: Collection[str]) -> Iterator[Import]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for name in _names(node, package, known):
            yield Import(module, name, node.lineno)


def _names(node: ast.AST, package: str, known: Collection[str]) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            base = _base(node, package)
            return [_resolve(f"{base}.{alias.name}", known) for alias in node.names]
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if ast.unparse(
            func
        ).split(".")[-1] in ("import_module", "__import__"):
            return [name]
    return []


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return str(node.module)
    above = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _resolve(name: str, known: Collection[str]) -> str:
    """Return the module that holds a name, the name itself if it is a module or not ours."""
    holder = name.rpartition(".")[0]
    return holder if name not in known and holder in known and "." in holder else name


def _part(module: str) -> str:
    return module.split(".")[1]


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _all(imports: Mapping[str, Sequence[Import]], but: str | None = None) -> Iterator[Import]:
    for module, found in imports.items():
        if module != but:
            yield from found
