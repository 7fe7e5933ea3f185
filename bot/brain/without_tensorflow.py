"""Keeps TensorFlow out of a process that serves or trains our model.

Rasa 3.6 imports TensorFlow whatever its configuration, though none of our components needs it:
350 MB of memory and several seconds at each start. `install()` answers those imports with empty
stand-ins. It must run before Rasa is imported. A model that names a neural component is refused by
`refuse_neural`, because a stand-in would fail late and obscurely.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any, Optional

ABSENT = (
    "tensorflow", "tensorflow_hub", "tensorflow_text", "tensorboard", "keras", "jax",
)  # fmt: skip
NEURAL_COMPONENTS = (
    "DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy",
    "ConveRTFeaturizer", "LanguageModelFeaturizer",
)  # fmt: skip


class NeuralComponentError(Exception):
    """The model needs TensorFlow, which this process keeps out."""


class _AnyClass(type):
    """A class whose every attribute is again such a class, so that it can be a base or a hint."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyClass(name, (), {})


class _StandIn(ModuleType):
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyClass(name, (), {"__init__": lambda self, *args, **kwargs: None})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if name.partition(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = _StandIn(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        return None


def install() -> None:
    """Answer TensorFlow's imports with stand-ins; harmless when called twice.

    Raises:
        RuntimeError: TensorFlow was imported before.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if "tensorflow" in sys.modules:
        raise RuntimeError("TensorFlow is already imported: call install() first")
    # skops looks through every loaded module when it is imported: cheap now, slow after Rasa.
    import skops.io  # noqa: F401

    sys.meta_path.insert(0, _Finder())


def refuse_neural(components: Iterable[str]) -> None:
    """Raise when one of the model's components needs TensorFlow.

    Raises:
        NeuralComponentError: names the component and what to do.
    """
    for component in components:
        if component.rpartition(".")[2] in NEURAL_COMPONENTS:
            raise NeuralComponentError(
                f"{component} needs TensorFlow, which Cuicui does not load: "
                "remove it from config.yml and train again"
            )
