"""Average precision as VOC's development kit has it since 2010 (the area below precision over recall), in plain numpy: the judge of Octavo's
figures and the measure of other runtimes' detections. Detections are rows of DetectionOutput: image, label, score, and a box in units of the
image, stretched to the network's input.
"""
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np

from support import overlaps, samples


def read_objects(annotation: Path, classes: list) -> tuple[np.ndarray, np.ndarray]:
    """Width and height of the image, and rows of left, top, right, bottom, difficult, class."""
    root, objects = xml.parse(annotation).getroot(), []
    for entry in root.iterfind("object"):
        if entry.findtext("name") in classes:
            left, top, right, bottom = (float(entry.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax"))
            objects.append([left - 1, top - 1, right, bottom, int(entry.findtext("difficult") or 0), classes.index(entry.findtext("name"))])
    return np.array([float(root.findtext(f"size/{side}")) for side in ("width", "height")]), np.array(objects).reshape(-1, 6)


def average_precision(found: list, objects: list) -> float:
    """In percent, of one class; for each image rows of score, left, top, right, bottom, and of left, top, right, bottom, difficult."""
    ranked = sorted(((row, image) for image, rows in enumerate(found) for row in rows), key=lambda entry: -entry[0][0])
    taken, hits = set(), []
    for row, image in ranked:
        shared = overlaps(row[1:], objects[image][:, :4])
        best = (image, int(shared.argmax())) if shared.max(initial=0) >= 0.5 else None
        if best is None or not objects[image][best[1], 4]:
            hits.append(best is not None and best not in taken)
            taken.add(best)
    recall = np.cumsum(hits) / sum((rows[:, 4] == 0).sum() for rows in objects)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return 100 * float(np.sum(np.diff(recall, prepend=0) * np.maximum.accumulate(precision[::-1])[::-1]))


class Truth:
    """Annotations of the first images of a config's validation set; 0: of all."""

    def __init__(self, config: dict, images: int):
        paths = [path for path, _ in samples(config, config["validation"][0])][: images or None]
        classes = config["dataset"]["classes"]
        self.images = [read_objects(path.parents[1] / "Annotations" / f"{path.stem}.xml", classes) for path in paths]
        self.labels = {name: config["adapter"]["labels"].index(name) + 1 for name in classes}  # 0 is the background

    def precision(self, detections: list) -> dict:
        """Average precision of each class that has an object which counts."""
        result = {}
        for number, (name, label) in enumerate(self.labels.items()):
            objects = [rows[rows[:, 5] == number] for _, rows in self.images]
            if any((rows[:, 4] == 0).any() for rows in objects):
                chosen = [rows[rows[:, 1] == label].astype(np.float64) for rows in detections]
                found = [np.column_stack([rows[:, 2], np.clip(rows[:, 3:], 0, 1) * np.tile(size, 2)]) for rows, (size, _) in zip(chosen, self.images)]
                result[name] = average_precision(found, objects)
        return result
