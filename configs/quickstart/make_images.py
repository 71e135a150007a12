"""Draw the labelled JPEG images of the quickstart.

Every image shows one object (the class) on a cluttered, unevenly lit
background.  Image `index` of stream `stream` depends on nothing but those two
numbers, so the stored calibration and validation images and the training
images, which `train.py` draws on the fly, never share a random state.
"""

import argparse
import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SEED = 20240
STREAMS = {"training": 0, "calibration": 1, "validation": 2}
COUNTS = {"calibration": 320, "validation": 960}
CLASSES = [
    "striped disc",
    "checked disc",
    "spotted disc",
    "ring",
    "crescent",
    "triangle",
    "square",
    "pentagon",
    "five-pointed star",
    "six-pointed star",
    "cross",
    "heart",
    "arrow",
    "flower",
    "target with a warm core",
    "target with a cool core",
]
TEXTURES = ["plain", "gradient", "striped", "checked", "spotted", "mottled"]
OVERSAMPLING = 2

Rng = np.random.Generator
Array = np.ndarray


def folder(label: int) -> str:
    """The directory, and the name in classes.txt, of a class."""
    return f"q{label:08d}"


def polar(radius: Callable[[Array], Array], points: int = 60) -> Array:
    angle = np.linspace(0.0, 2 * math.pi, points, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], 1) * radius(angle)[:, None]


def polygon(corners: int) -> Array:
    return polar(np.ones_like, corners)


def star(tips: int, inner: float) -> Array:
    outline = polygon(2 * tips)
    outline[1::2] *= inner
    return outline


def outline(label: int, rng: Rng) -> Array:
    """The outline of the object of a class, within the unit circle or so."""
    if label in (5, 6, 7):
        return polygon(label - 2) * 1.1
    if label in (8, 9):
        return star(label - 3, rng.uniform(0.42, 0.62)) * 1.15
    if label == 10:
        arm = rng.uniform(0.22, 0.4)
        x = [1, 1, arm, arm, -arm, -arm, -1, -1, -arm, -arm, arm, arm]
        y = [-arm, arm, arm, 1, 1, arm, arm, -arm, -arm, -1, -1, -arm]
        return np.array([x, y]).T
    if label == 11:
        t = np.linspace(0.0, 2 * math.pi, 60, endpoint=False)
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        return np.stack([16 * np.sin(t) ** 3, y + 2], 1) / 15
    if label == 12:
        shaft, head = rng.uniform(0.18, 0.34), rng.uniform(0.6, 0.9)
        neck = rng.uniform(-0.1, 0.2)
        x = [-1.1, neck, neck, 1.1, neck, neck, -1.1]
        y = [-shaft, -shaft, -head, 0, head, shaft, shaft]
        return np.array([x, y]).T
    if label == 13:
        depth, petals = rng.uniform(0.12, 0.25), int(rng.integers(5, 8))
        return polar(lambda a: 0.9 + depth * np.cos(petals * a))
    return polar(np.ones_like)


def hole(label: int, rng: Rng) -> Array | None:
    """The outline of what is cut out of the object, if anything is."""
    if label == 3:
        return polygon(60) * rng.uniform(0.35, 0.7)
    if label == 4:
        return polygon(60) * rng.uniform(0.7, 0.9) + [rng.uniform(0.35, 0.6), 0]
    return None


def placed(points: Array, pose: Array, centre: Array) -> list[tuple[float, float]]:
    return [tuple(p) for p in (points @ pose.T + centre) * OVERSAMPLING]


def object_mask(label: int, rng: Rng, size: tuple[int, int], pose: Array,
                centre: Array) -> Array:
    """Coverage, 0 to 1, of the object of a class in an image of this size."""
    mask = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
    draw = ImageDraw.Draw(mask)
    draw.polygon(placed(outline(label, rng), pose, centre), fill=255)
    if (cut := hole(label, rng)) is not None:
        draw.polygon(placed(cut, pose, centre), fill=0)
    return np.asarray(mask.reduce(OVERSAMPLING), np.float32)[..., None] / 255


def turn(angle: float) -> Array:
    """A rotation."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s], [s, c]])


def random_pose(rng: Rng, radius: float) -> Array:
    """A rotation with a slight stretch, of the given scale."""
    stretch = math.exp(rng.uniform(-0.16, 0.16))
    a, b = rng.uniform(0, 2 * math.pi, 2)
    return radius * turn(a) @ np.diag([stretch, 1 / stretch]) @ turn(b)


def smooth_noise(rng: Rng, size: tuple[int, int], cells: int) -> Array:
    """Values of 0 to 1 that vary over `cells` cells across the image."""
    grid = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    return np.asarray(grid.resize(size, Image.Resampling.BICUBIC), np.float32)[..., None] / 255


def texture(kind: str, rng: Rng, size: tuple[int, int], scale: float) -> Array:
    """Share, 0 to 1, of the second colour; `scale` is the object's radius."""
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    a = rng.uniform(0, 2 * math.pi)
    u, v = x * math.cos(a) + y * math.sin(a), y * math.cos(a) - x * math.sin(a)
    k = 2 * math.pi / (scale * rng.uniform(0.45, 0.8))
    p, q = rng.uniform(0, 2 * math.pi, 2)
    if kind == "plain":
        wave = np.full_like(u, -1.0)
    elif kind == "gradient":
        wave = 0.5 * np.sin(u * k / 6 + p)
    elif kind == "striped":
        wave = 3 * np.sin(u * k + p)
    elif kind == "checked":
        wave = 5 * np.sin(u * k * 0.8 + p) * np.sin(v * k * 0.8 + q)
    elif kind == "spotted":
        wave = 4 * (np.sin(u * k + p) + np.sin(v * k + q) - 0.8)
    else:
        return smooth_noise(rng, size, int(rng.integers(8, 16)))
    return np.clip(wave / 2 + 0.5, 0, 1)[..., None]


def core(rng: Rng, size: tuple[int, int], pose: Array, centre: Array) -> Array:
    """Coverage of the core of a target."""
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    at = np.stack([x - centre[0], y - centre[1]], -1) @ np.linalg.inv(pose).T
    edge = rng.uniform(0.45, 0.7)
    return np.clip((edge - np.hypot(at[..., 0], at[..., 1])) * 12 + 0.5, 0, 1)[..., None]


def hue(rng: Rng, warm: bool) -> Array:
    """A colour that is clearly warm, or clearly cool."""
    low, mid, high = rng.uniform(10, 90), rng.uniform(40, 150), rng.uniform(140, 245)
    return np.array([high, mid, low] if warm else [low, mid, high], np.float32)


def colour_pair(rng: Rng, away_from: Array) -> tuple[Array, Array]:
    """Two colours that differ from each other and from a third."""
    while True:
        pair = rng.uniform(10, 245, (2, 3)).astype(np.float32)
        gaps = [pair[0] - away_from, pair[1] - away_from, pair[0] - pair[1]]
        if min(np.linalg.norm(gap) for gap in gaps) > 70:
            return pair[0], pair[1]


def background(rng: Rng, size: tuple[int, int]) -> tuple[Array, Array]:
    """An empty scene, and its colour."""
    ground = rng.uniform(20, 235, 3).astype(np.float32)
    other = np.clip(ground + rng.normal(0, 35, 3), 0, 255).astype(np.float32)
    kind = TEXTURES[rng.integers(1, len(TEXTURES))]
    share = 0.5 * texture(kind, rng, size, min(size) * rng.uniform(0.15, 0.5))
    share = share + 0.5 * smooth_noise(rng, size, int(rng.integers(3, 9)))
    return ground + (other - ground) * share, ground


def clutter(canvas: Array, rng: Rng, labels: list[int], count: int, radii: tuple[float, float]) -> Array:
    """The scene with small plain shapes of any of the classes strewn over it."""
    size = canvas.shape[1], canvas.shape[0]
    for _ in range(count):
        centre = rng.uniform(0, 1, 2) * size
        pose = random_pose(rng, min(size) * rng.uniform(*radii))
        mask = object_mask(labels[rng.integers(len(labels))], rng, size, pose, centre)
        canvas = canvas + mask * (rng.uniform(10, 245, 3) - canvas)
    return canvas


def paint(label: int, rng: Rng, size: tuple[int, int], pose: Array, centre: Array, radius: float,
          ground: Array) -> tuple[Array, Array]:
    """Coverage and colours of an object of the class, on a background of the colour `ground`."""
    mask = object_mask(label, rng, size, pose, centre)
    first, second = colour_pair(rng, ground)
    if label < 3:
        share = texture(["striped", "checked", "spotted"][label], rng, size, radius)
    elif label < 14:
        share = texture(TEXTURES[rng.integers(len(TEXTURES))], rng, size, radius)
    else:
        share = core(rng, size, pose, centre)
        first, second = hue(rng, label == 15), hue(rng, label == 14)
    return mask, first + (second - first) * share


def photograph(canvas: Array, rng: Rng, noise: float) -> Image.Image:
    """The scene in uneven light, blurred and with up to so much noise."""
    size = canvas.shape[1], canvas.shape[0]
    light = smooth_noise(rng, size, 2) - 0.5
    canvas = canvas * (1 + rng.uniform(0, 0.7) * light)
    canvas = (canvas - 128) * rng.uniform(0.6, 1.1) + 128 + rng.uniform(-30, 30)
    image = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.0)))
    grain = rng.normal(0, rng.uniform(0, noise), canvas.shape)
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def draw(label: int, rng: Rng) -> Image.Image:
    """An uncompressed image of an object of the class."""
    size = int(rng.integers(64, 101)), int(rng.integers(64, 101))
    side = min(size)
    plain = list(range(3, 14))
    canvas, ground = background(rng, size)
    canvas = clutter(canvas, rng, plain, int(rng.integers(1, 6)), (0.05, 0.12))
    radius = side * rng.uniform(0.24, 0.38)
    centre = np.array(size) / 2 + rng.uniform(-0.1, 0.1, 2) * side
    pose = random_pose(rng, radius)
    mask, colours = paint(label, rng, size, pose, centre, radius, ground)
    canvas = canvas + mask * (colours - canvas)
    canvas = clutter(canvas, rng, plain, int(rng.integers(0, 3)), (0.03, 0.08))
    return photograph(canvas, rng, 12)


def compressed(image: Image.Image, rng: Rng, qualities: tuple[int, int]) -> bytes:
    """The JPEG file of an image, at a quality in this range, its end left out."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(rng.integers(*qualities)), subsampling=int(rng.integers(0, 3)))
    return file.getvalue()


def make(stream: str, index: int) -> tuple[bytes, int]:
    """The JPEG file and the class of an image; the classes take turns."""
    rng = np.random.default_rng([SEED, STREAMS[stream], index])
    label = index % len(CLASSES)
    return compressed(draw(label, rng), rng, (40, 93)), label


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    output: Path = parser.parse_args().output
    lines = [f"{folder(label)} {name}\n" for label, name in enumerate(CLASSES)]
    (output / "classes.txt").write_text("".join(lines))
    for stream, count in COUNTS.items():
        lines = []
        for index in range(count):
            data, label = make(stream, index)
            name = f"{folder(label)}/{stream}_{index:04d}.jpg"
            path = output / "images" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            lines.append(f"{name} {label}\n")
        (output / f"{stream}.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
