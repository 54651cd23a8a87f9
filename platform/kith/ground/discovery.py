"""Import every module of a package, so that its tables, permissions and operations are known."""

import importlib
import pkgutil


def load(*packages: str) -> None:
    """Import the packages with everything below them."""
    for name in packages:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
