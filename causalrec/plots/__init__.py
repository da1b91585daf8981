"""Draws results: the only place that builds figures. Importing it registers every chart."""

from importlib import import_module
from pkgutil import walk_packages

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
