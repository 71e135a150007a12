"""Train the small SSD detector of the quickstart and write it as detect.onnx.

The training scenes are drawn by `make_detect_images.py` from a stream of their
own and pass through the preprocessing of `detect.json`.  Boxes are in units of
the image, 0 to 1, as left, top, right, bottom.
"""

import io
import math
from multiprocessing import Pool
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from make_detect_images import CLASSES, make
from training import arguments, conv, export, inverted, normalize, separable, train

HERE = Path(__file__).parent
SIDE = 128
MAPS = [(16, 16, 36), (8, 36, 56), (4, 56, 76)]  # cells a side; pixels of the small prior and of the next map's
VARIANCES = [0.1, 0.1, 0.2, 0.2]
MOST_OBJECTS = 4

Array = np.ndarray


def prior_boxes() -> Tensor:
    """Of each cell of each map a small square, a larger one, a wide and a high box."""
    boxes = []
    for cells, small, large in MAPS:
        middle, wide, narrow = math.sqrt(small * large), small * math.sqrt(2), small / math.sqrt(2)
        sizes = [(small, small), (middle, middle), (wide, narrow), (narrow, wide)]
        for y, x, (width, height) in ((y, x, size) for y in range(cells) for x in range(cells) for size in sizes):
            centre = (x + 0.5) / cells, (y + 0.5) / cells
            half = width / SIDE / 2, height / SIDE / 2
            boxes.append([centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1]])
    return torch.tensor(boxes)


class Detector(nn.Module):
    """Places and class scores (background is 0) of every prior box, and the boxes with their variances."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList([
            nn.Sequential(conv(3, 16, 3, stride=2), separable(16, 32, 2), separable(32, 48, 2), inverted(48, 48, 1)),
            nn.Sequential(inverted(48, 72, 2), inverted(72, 72, 1)),
            nn.Sequential(inverted(72, 96, 2), inverted(96, 96, 1)),
        ])
        widths = 48, 72, 96
        self.places = nn.ModuleList(nn.Conv2d(width, 4 * 4, 3, padding=1) for width in widths)
        self.scores = nn.ModuleList(nn.Conv2d(width, 4 * (len(CLASSES) + 1), 3, padding=1) for width in widths)
        priors = prior_boxes()
        rows = torch.stack([priors, torch.tensor(VARIANCES).expand_as(priors)])
        self.register_buffer("priors", rows.reshape(1, 2, -1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        places, scores = [], []
        for (cells, *_), stage, place, score in zip(MAPS, self.stages, self.places, self.scores):
            x = stage(x)
            places.append(place(x).permute(0, 2, 3, 1).reshape(-1, 4 * cells * cells, 4))
            scores.append(score(x).permute(0, 2, 3, 1).reshape(-1, 4 * cells * cells, len(CLASSES) + 1))
        return torch.cat(places, 1), torch.cat(scores, 1), self.priors


def overlap(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of each of a [..., n, 4] with each of b [..., m, 4]: [..., n, m]."""
    a, b = a.unsqueeze(-2), b.unsqueeze(-3)
    inner = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    areas = [(c[..., 2:] - c[..., :2]).prod(-1) for c in (a, b)]
    return inner / (areas[0] + areas[1] - inner).clamp(min=1e-9)


def encoded(boxes: Tensor, priors: Tensor) -> Tensor:
    """What the network must say for the prior boxes to become these ones."""
    extent, size = priors[:, 2:] - priors[:, :2], boxes[..., 2:] - boxes[..., :2]
    shift = (boxes[..., :2] + boxes[..., 2:] - priors[:, :2] - priors[:, 2:]) / 2 / extent
    return torch.cat([shift, (size.clamp(min=1e-6) / extent).log()], -1) / torch.tensor(VARIANCES)


def decoded(places: Tensor, priors: Tensor) -> Tensor:
    """The inverse."""
    extent, places = priors[:, 2:] - priors[:, :2], places * torch.tensor(VARIANCES)
    centre = (priors[:, :2] + priors[:, 2:]) / 2 + places[..., :2] * extent
    half = places[..., 2:].exp() * extent / 2
    return torch.cat([centre - half, centre + half], -1)


def targets(objects: Tensor, priors: Tensor) -> tuple[Tensor, Tensor]:
    """Places and classes that the prior boxes should have: [batch, priors, 4] and [batch, priors].

    A box belongs to the object that it overlaps most, from 0.5 on; and the best
    box of an object to that one.
    """
    boxes, labels = objects[..., :4], objects[..., 4].long()
    share = overlap(boxes, priors)
    best = share.argmax(-1, keepdim=True)
    share.scatter_(2, best, torch.where(labels >= 0, 2.0, 0.0).unsqueeze(-1))
    share, owner = share.max(1)
    classes = torch.where(share >= 0.5, labels.gather(1, owner) + 1, 0)
    return encoded(boxes.gather(1, owner.unsqueeze(-1).expand(-1, -1, 4)), priors), classes


def multibox_loss(places: Tensor, scores: Tensor, objects: Tensor, priors: Tensor) -> Tensor:
    """Of the places that matter, of their classes, and of three times as many worst backgrounds."""
    wanted, classes = targets(objects, priors)
    matters = classes > 0
    count = matters.sum()
    place_loss = nn.functional.smooth_l1_loss(places[matters], wanted[matters], reduction="sum")
    losses = nn.functional.cross_entropy(scores.transpose(1, 2), classes, reduction="none")
    backgrounds = losses.detach().masked_fill(matters, -1.0)
    worst = backgrounds.argsort(1, descending=True).argsort(1) < 3 * matters.sum(1, keepdim=True)
    return (place_loss + losses[matters | worst].sum()) / count


def stretched(data: bytes) -> Array:
    """The picture at the size of the network's input, channels first."""
    image = Image.open(io.BytesIO(data)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(image).transpose(2, 0, 1)


def training_scene(index: int) -> tuple[Array, Array]:
    """Pixels, and a row box, class for each object, of class -1 behind the last one."""
    data, objects = make("training", index)
    rows = np.full((MOST_OBJECTS, 5), -1, np.float32)
    for row, found in zip(rows, objects):
        row[:] = [*np.array(found.box) / np.tile(Image.open(io.BytesIO(data)).size, 2), found.label]
    return stretched(data), rows


def training_set(count: int) -> tuple[Tensor, Tensor]:
    with Pool() as pool:
        scenes = pool.map(training_scene, range(count), chunksize=64)
    return tuple(torch.from_numpy(np.stack(part)) for part in zip(*scenes))


def stored_set(name: str) -> tuple[Tensor, list[Array]]:
    """Pixels, and for each image rows of box, class, difficult, of a list in ImageSets."""
    folder = HERE / "detect"
    pixels, truth = [], []
    for image in (folder / f"ImageSets/Main/{name}.txt").read_text().split():
        pixels.append(stretched((folder / f"JPEGImages/{image}.jpg").read_bytes()))
        root = Xml.parse(folder / f"Annotations/{image}.xml").getroot()
        size = np.array([int(root.findtext(f"size/{side}")) for side in ("width", "height")])
        rows = []
        for found in root.findall("object"):
            box = np.array([int(value.text) for value in found.find("bndbox")]) - [1, 1, 0, 0]
            label = list(CLASSES).index(found.findtext("name"))
            rows.append([*box / np.tile(size, 2), label, int(found.findtext("difficult"))])
        truth.append(np.array(rows))
    return torch.from_numpy(np.stack(pixels)), truth


def suppressed(boxes: Tensor, scores: Tensor, most: int = 100) -> list[int]:
    """Indices of the boxes that no better one overlaps by more than 0.45, best first."""
    order = scores.argsort(descending=True, stable=True)[:most]
    share = overlap(boxes[order], boxes[order]).numpy()
    kept: list[int] = []
    for i in range(len(order)):
        if not kept or share[i, kept].max() <= 0.45:
            kept.append(i)
    return order[kept].tolist()


def average_precision(found: list[tuple[float, int, Tensor]], truth: list[Array], label: int) -> float:
    """VOC 2007's, at eleven recalls, of (score, image, box) of one class."""
    wanted = [rows[rows[:, 4] == label] for rows in truth]
    taken = [np.zeros(len(rows), bool) for rows in wanted]
    right = []
    for _, image, box in sorted(found, key=lambda entry: -entry[0]):
        rows = wanted[image]
        share = overlap(box.double()[None], torch.from_numpy(rows[:, :4]))[0].numpy()
        best = int(share.argmax()) if len(rows) else -1
        if best < 0 or share[best] <= 0.5:
            right.append(False)
        elif not rows[best, 5]:
            right.append(not taken[image][best])
            taken[image][best] = True
    hits = np.cumsum(right)
    recall = hits / sum(int((rows[:, 5] == 0).sum()) for rows in wanted)
    precision = hits / np.arange(1, len(right) + 1)
    levels = np.arange(11) / 10 - 1e-12
    return float(np.mean([precision[recall >= level].max(initial=0.0) for level in levels]))


def mean_average_precision(model: Detector, pixels: Tensor, truth: list[Array], threshold: float = 0.01) -> float:
    """In percent, by the dialect of VOC 2007."""
    model.eval()
    priors, found = prior_boxes(), [[] for _ in CLASSES]
    with torch.no_grad():
        parts = [model(normalize(part)) for part in pixels.split(64)]
    places, scores = (torch.cat([part[i] for part in parts]) for i in (0, 1))
    for image, (boxes, shares) in enumerate(zip(decoded(places, priors).clamp(0, 1), scores.softmax(-1))):
        for label, entries in enumerate(found):
            likely = (shares[:, label + 1] > threshold).nonzero().flatten()
            for i in likely[suppressed(boxes[likely], shares[likely, label + 1])]:
                entries.append((float(shares[i, label + 1]), image, boxes[i]))
    return 100 * float(np.mean([average_precision(entries, truth, label) for label, entries in enumerate(found)]))


def augment(pixels: Tensor, objects: Tensor) -> tuple[Tensor, Tensor]:
    """Mirrored and turned, in changed light."""
    boxes, rest = objects[..., :4], objects[..., 4:]
    if torch.rand(()) < 0.5:
        pixels, boxes = pixels.flip(3), boxes * torch.tensor([-1, 1, -1, 1]) + torch.tensor([1, 0, 1, 0])
        boxes = boxes[..., [2, 1, 0, 3]]
    if torch.rand(()) < 0.5:
        pixels, boxes = pixels.flip(2), boxes * torch.tensor([1, -1, 1, -1]) + torch.tensor([0, 1, 0, 1])
        boxes = boxes[..., [0, 3, 2, 1]]
    if torch.rand(()) < 0.5:
        pixels, boxes = pixels.transpose(2, 3), boxes[..., [1, 0, 3, 2]]
    gain = 1 + 0.15 * (2 * torch.rand(len(pixels), 1, 1, 1) - 1)
    return (pixels.float() * gain).clamp(0, 255), torch.cat([boxes, rest], -1)


def main() -> None:
    args = arguments(__doc__, "detect.onnx", 10000)
    torch.manual_seed(args.seed)
    model = Detector().to(memory_format=torch.channels_last)
    validation, priors = stored_set("validation"), prior_boxes()

    def loss(pixels: Tensor, objects: Tensor) -> Tensor:
        images, wanted = augment(pixels, objects)
        places, scores, _ = model(normalize(images))
        return multibox_loss(places, scores, wanted, priors)

    train(model, *training_set(args.images), loss,
          lambda: f"mAP {mean_average_precision(model, *validation):.2f} %", args)
    export(model, args.output, SIDE, {"loc": [len(priors), 4], "conf": [len(priors), len(CLASSES) + 1]}, ["priors"])


if __name__ == "__main__":
    main()
