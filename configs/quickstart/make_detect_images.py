"""Draw the images of the quickstart's detector, in the layout of VOC.

A scene has one to four objects on the backgrounds, with the textures and in the
light of `make_images.py`.  Scene `index` of stream `stream` depends on nothing
but those two numbers, so the training scenes, which `train_detect.py` draws on
the fly, share no random state with the stored ones.
"""

import argparse
import io
import math
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

import numpy as np
from PIL import Image

from make_images import (SEED, STREAMS, Array, Rng, background, clutter, compressed, object_mask,
                         paint, photograph, random_pose)

COUNTS = {"calibration": 150, "validation": 280}
CLASSES = {"stripes": 0, "spots": 2, "ring": 3, "triangle": 5, "square": 6, "star": 8, "cross": 10,
           "heart": 11}  # names here: labels of make_images.py
OTHERS = [4, 7, 9, 12, 13]  # shapes that are never an object
QUALITIES = 30, 88
NOISE = 6.0


class Object(NamedTuple):
    """What is seen of an object: a box in pixels, the end left out, within the image."""

    label: int
    box: tuple[int, int, int, int]  # left, top, right, bottom
    difficult: bool


def box_of(mask: Array) -> tuple[int, int, int, int]:
    """The smallest box around what is covered."""
    y, x = np.nonzero(mask[..., 0] >= 0.4)
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


def cover(size: tuple[int, int], rng: Rng, pose: Array, centre: Array) -> Array:
    """Coverage of a shape that hides much of an object."""
    angle = rng.uniform(0, 2 * math.pi)
    aside = pose @ [math.cos(angle), math.sin(angle)] * rng.uniform(0.5, 0.8)
    return object_mask(OTHERS[rng.integers(1, 3)], rng, size, pose * rng.uniform(0.9, 1.1), centre + aside)


def draw(rng: Rng) -> tuple[Array, list[Object]]:
    """A scene without light and noise, and its objects."""
    size = int(rng.integers(152, 201)), int(rng.integers(136, 177))
    size = size if rng.random() < 0.75 else size[::-1]
    side = min(size)
    canvas, ground = background(rng, size)
    canvas = clutter(canvas, rng, OTHERS, int(rng.integers(2, 9)), (0.03, 0.09))
    objects: list[Object] = []
    count = int(rng.integers(1, 5))
    circles: list[Array] = []
    while len(objects) < count:
        fate = rng.random()
        tiny, hidden = fate < 0.05, 0.05 <= fate < 0.12
        radius = side * (rng.uniform(0.035, 0.055) if tiny else math.exp(rng.uniform(*np.log([0.09, 0.28]))))
        centre = rng.uniform(0.5 * radius, np.array(size) - 0.5 * radius)
        if any(np.linalg.norm(centre - c[:2]) < 0.85 * (radius + c[2]) for c in circles):
            continue
        label, pose = int(rng.integers(len(CLASSES))), random_pose(rng, radius)
        mask, colours = paint(list(CLASSES.values())[label], rng, size, pose, centre, radius, ground)
        canvas = canvas + mask * (colours - canvas)
        if hidden:
            hiding = cover(size, rng, pose, centre)
            canvas = canvas + hiding * (rng.uniform(10, 245, 3) - canvas)
            mask = mask * (1 - hiding)
        circles.append(np.array([*centre, radius]))
        objects.append(Object(label, box_of(mask), tiny or hidden))
    return clutter(canvas, rng, OTHERS, int(rng.integers(0, 3)), (0.02, 0.04)), objects


def make(stream: str, index: int) -> tuple[bytes, list[Object]]:
    """The JPEG file of a scene and its objects."""
    rng = np.random.default_rng([SEED + 1, STREAMS[stream], index])
    canvas, objects = draw(rng)
    return compressed(photograph(canvas, rng, NOISE), rng, QUALITIES), objects


def annotation(name: str, size: tuple[int, int], objects: list[Object]) -> str:
    """What VOC says of an image. Its boxes count pixels from 1 and include the last."""
    def add(parent: Xml.Element, **values: object) -> None:
        for key, value in values.items():
            Xml.SubElement(parent, key).text = str(value)

    root = Xml.Element("annotation")
    add(root, folder="detect", filename=f"{name}.jpg")
    add(Xml.SubElement(root, "size"), width=size[0], height=size[1], depth=3)
    for found in objects:
        left, top, right, bottom = found.box
        entry = Xml.SubElement(root, "object")
        add(entry, name=list(CLASSES)[found.label], difficult=int(found.difficult))
        add(Xml.SubElement(entry, "bndbox"), xmin=left + 1, ymin=top + 1, xmax=right, ymax=bottom)
    Xml.indent(root, "\t")
    return Xml.tostring(root, "unicode") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "detect")
    output: Path = parser.parse_args().output
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (output / part).mkdir(parents=True, exist_ok=True)
    for stream, count in COUNTS.items():
        names = [f"{stream}_{index:04d}" for index in range(count)]
        (output / f"ImageSets/Main/{stream}.txt").write_text("".join(f"{name}\n" for name in names))
        for index, name in enumerate(names):
            data, objects = make(stream, index)
            (output / f"JPEGImages/{name}.jpg").write_bytes(data)
            size = Image.open(io.BytesIO(data)).size
            (output / f"Annotations/{name}.xml").write_text(annotation(name, size, objects))


if __name__ == "__main__":
    main()
