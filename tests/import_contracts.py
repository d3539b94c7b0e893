"""A contract for import-linter: a library belongs to its owner, also before anybody uses it."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import ContractCheck
from importlinter.contracts.protected import ProtectedContract


class OwnedContract(ProtectedContract):
    """As `protected`, but a library or an owner that is not there yet is no mistake.

    The plain contract stops with an error there, so an owner could be named only after the first
    import, when the wrong place may already have taken it.
    """

    type_name = "owned"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return what import-linter prints: kept, or every import by somebody else."""
        for field in ("protected_modules", "allowed_importers"):
            present = [
                module
                for module in getattr(self, field)
                if module.has_wildcard_expression() or module.expression in graph.modules
            ]
            setattr(self, field, present)
        return super().check(graph, verbose)
