"""`inkdigits summary`: a network layer by layer, with the formulas filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from inkdigits.cli.output import JsonOption, print_json, stdout
from inkdigits.errors import UsageError
from inkdigits.networks.architecture import Architecture, find_architecture
from inkdigits.networks.arithmetic import NetworkSummary, summarise
from inkdigits.runs.folder import find_run
from inkdigits.runs.start import read_start

DEFAULT_NETWORK = "tutorial"


def summary(
    network: Annotated[
        str | None,
        typer.Option(
            help="A network: tutorial or published; tutorial if not given.", show_default=False
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="The run folder whose network to show.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show each layer's output shape and number of parameters, and how they come about.

    Example: inkdigits summary --network tutorial
    """
    result = summarise(_choose(network, model))
    if json:
        print_json(summary_document(result))
    else:
        _print(result)


def _choose(network: str | None, model: Path | None) -> Architecture:
    if network and model:
        raise UsageError("give either `--network` or `--model`, not both")
    if model:
        recipe, _ = read_start(find_run(model))
        return find_architecture(recipe.network)
    return find_architecture(network or DEFAULT_NETWORK)


def summary_document(result: NetworkSummary) -> dict[str, Any]:
    """Return what `inkdigits summary --json` prints."""
    return {
        "network": result.network,
        "input_shape": list(result.input_shape),
        "total_params": result.total_params,
        "trainable_params": result.trainable_params,
        "layers": [
            {
                "name": layer.name,
                "type": layer.type,
                "output_shape": list(layer.output_shape),
                "params": layer.params,
                "trainable_params": layer.trainable_params,
                "shape_formula": layer.shape_formula,
                "params_formula": layer.params_formula,
            }
            for layer in result.layers
        ],
    }


def _print(result: NetworkSummary) -> None:
    table = Table("layer", "type", "output shape", "how", "parameters", title=result.network)
    for layer in result.layers:
        shape = " x ".join(str(side) for side in layer.output_shape)
        params = layer.params_formula if layer.params else "0"
        table.add_row(layer.name, layer.type, shape, layer.shape_formula, params)
    total, trainable = result.total_params, result.trainable_params
    out = stdout()
    out.print(table)
    out.print(
        f"{total:,} parameters: {trainable:,} learnt by gradients, {total - trainable:,} tracked"
    )
