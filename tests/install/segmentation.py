"""A small segmentation task: drawings of coloured shapes with label maps, and a network that segments them. Its convolutions are random and
fixed; only the last one is fitted, by least squares, so that nothing has to be trained."""
import numpy
import onnx
from onnx import TensorProto, helper
from PIL import Image, ImageDraw

CLASSES = 4                                # background and three colours
SOURCE, INPUT = (120, 90), 64              # photographs, width and height; side of the network's input
COLOURS = ((170, 90, 80), (90, 160, 90), (90, 100, 175))
WIDTH = 16                                 # channels of the random convolutions


def draw(random):
    """A picture with three to five shapes on noise, and its classes."""
    picture, labels = Image.new("RGB", SOURCE), Image.new("L", SOURCE)
    ImageDraw.Draw(picture).rectangle((0, 0, *SOURCE), fill=tuple(int(c) for c in random.integers(70, 180, 1).repeat(3)))
    for _ in range(random.integers(3, 6)):
        label = int(random.integers(1, CLASSES))
        x, y, size = random.integers(0, 90), random.integers(0, 60), random.integers(20, 50)
        shape = "ellipse" if random.random() < 0.5 else "rectangle"
        colour = tuple(int(c + random.integers(-25, 26)) for c in COLOURS[label - 1])
        for canvas, fill in ((picture, colour), (labels, label)):
            getattr(ImageDraw.Draw(canvas), shape)((x, y, x + size, y + size), fill=fill)
    noisy = numpy.asarray(picture, float) + random.normal(0, 12, (SOURCE[1], SOURCE[0], 3))
    return Image.fromarray(noisy.clip(0, 255).astype(numpy.uint8)), labels


def convolve(x, weight, stride):
    """[C, H, W] by [M, C, 3, 3], one pixel of padding, then ReLU."""
    padded = numpy.pad(x, ((0, 0), (1, 1), (1, 1)))
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))[:, ::stride, ::stride]
    return numpy.maximum(numpy.einsum("chwij,mcij->mhw", windows, weight), 0)


def make_network(random, pictures, path):
    first = random.normal(0, 0.35, (WIDTH, 3, 3, 3)) * 0.3 + random.normal(0, 0.35, (WIDTH, 3, 1, 1))
    second = random.normal(0, 0.12, (WIDTH, WIDTH, 3, 3)) * 0.5 + random.normal(0, 0.12, (WIDTH, WIDTH, 1, 1))
    rows, wanted = [], []
    for picture, labels in pictures:
        x = (numpy.asarray(picture.resize((INPUT, INPUT), Image.BILINEAR), float).transpose(2, 0, 1) - 127.5) / 127.5
        features = convolve(convolve(x, first, 2), second, 1)
        small = numpy.asarray(labels.resize((INPUT // 2, INPUT // 2), Image.NEAREST)).ravel()
        rows.append(numpy.vstack([features.reshape(WIDTH, -1), numpy.ones(small.size)]).T)
        wanted.append(numpy.eye(CLASSES)[small])
    fitted = numpy.linalg.lstsq(numpy.vstack(rows), numpy.vstack(wanted), rcond=None)[0]

    def constant(name, values):
        values = numpy.ascontiguousarray(values, numpy.float32)
        return helper.make_tensor(name, TensorProto.FLOAT, values.shape, values.tobytes(), raw=True)

    nodes = [helper.make_node("Conv", ["image", "first"], ["a"], "conv1", strides=[2, 2], pads=[1, 1, 1, 1]),
             helper.make_node("Relu", ["a"], ["b"], "relu1"),
             helper.make_node("Conv", ["b", "second"], ["c"], "conv2", pads=[1, 1, 1, 1]),
             helper.make_node("Relu", ["c"], ["d"], "relu2"),
             helper.make_node("Conv", ["d", "third", "bias"], ["scores"], "classes")]
    graph = helper.make_graph(
        nodes, "segment", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, INPUT, INPUT])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", CLASSES, INPUT // 2, INPUT // 2])],
        [constant("first", first), constant("second", second), constant("third", fitted[:WIDTH].T[:, :, None, None]),
         constant("bias", fitted[WIDTH])])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


def make(folder, images=60):
    """Writes segment.onnx, images/NAME.png and labels/NAME.pgm. The network is fitted on other pictures."""
    random = numpy.random.default_rng(17)
    make_network(random, [draw(random) for _ in range(20)], folder / "segment.onnx")
    for sort in ("images", "labels"):
        (folder / sort).mkdir()
    for i in range(images):
        picture, labels = draw(random)
        picture.save(folder / f"images/{i:03}.png")
        labels.save(folder / f"labels/{i:03}.pgm")
