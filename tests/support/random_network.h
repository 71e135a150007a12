// Networks of a few operators at random, for tests that compare devices, and how far two results are apart.
#pragma once

#include "tests/support/networks.h"

#include <algorithm>
#include <iterator>

namespace octavo::testing {

inline Attributes activation(NetworkBuilder& net) {
    static const std::vector<Attributes> kinds = {
        {},
        {{"activation", std::string("relu")}},
        {{"activation", std::string("clip")}, {"activation_alpha", 0.0F}, {"activation_beta", 1.5F}},
        {{"activation", std::string("leaky_relu")}, {"activation_alpha", 0.1F}},
        {{"activation", std::string("hard_swish")}},
        {{"activation", std::string("hard_sigmoid")}, {"activation_alpha", 0.2F}, {"activation_beta", 0.5F}},
        {{"activation", std::string("sigmoid")}},
        {{"activation", std::string("silu")}}};
    return kinds[static_cast<std::size_t>(net.between(0, static_cast<std::int64_t>(kinds.size()) - 1))];
}

inline TensorId convolution(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t out, std::int64_t groups, bool residual,
                            bool activated) {
    const std::int64_t kh = net.between(1, 4), kw = net.flip() ? kh : net.between(1, 5), stride = residual ? 1 : net.between(1, 2);
    const std::int64_t dilation = net.between(0, 3) == 0 ? 2 : 1;
    const std::int64_t top = (kh - 1) * dilation / 2, left = (kw - 1) * dilation / 2;
    Attributes attributes = activated ? activation(net) : Attributes{};
    attributes["group"] = groups;
    attributes["strides"] = std::vector<std::int64_t>{stride, stride};
    attributes["dilations"] = std::vector<std::int64_t>{dilation, dilation};
    attributes["pads"] = std::vector<std::int64_t>{top, left, (kh - 1) * dilation - top, (kw - 1) * dilation - left};
    const float spread = 1.0F / std::sqrt(static_cast<float>(in / groups * kh * kw));
    const TensorId w = net.random_constant({out, in / groups, kh, kw}, spread), b = net.random_constant({out}, 0.3F);
    if (!residual) return net.node("Conv", {x, w, b}, attributes);
    const TensorId inner = net.node("Conv", {x, w, b}, attributes);  // takes part as the residual of the next
    const TensorId w2 = net.random_constant({out, out, 1, 1}, 1.0F / std::sqrt(static_cast<float>(out))),
                   b2 = net.random_constant({out}, 0.3F);
    Attributes fused = activation(net);
    fused["inner"] = net.unused("inner");
    return net.node("Conv", {inner, w2, b2, inner}, fused);
}

// A network of a few operators that all have int8 forms, with a convolution at its end so that everything before it is quantized.
inline Graph random_network(std::uint32_t seed, std::vector<std::int64_t> batch) {
    NetworkBuilder net(seed);
    std::int64_t channels = net.between(1, 40);
    TensorId x = net.input({batch[0], channels, net.between(5, 17), net.between(5, 17)});
    const std::int64_t steps = net.between(1, 4);
    for (std::int64_t i = 0; i < steps; ++i) {
        switch (net.between(0, 8)) {
            case 0: {
                const std::int64_t out = net.between(1, 70);
                x = convolution(net, x, channels, out, 1, false, true);
                channels = out;
                break;
            }
            case 1:
                x = convolution(net, x, channels, channels, channels, false, true);
                break;
            case 2: {
                const std::int64_t groups = channels % 4 == 0 ? 4 : 1, out = groups * net.between(1, 12);
                x = convolution(net, x, channels, out, groups, false, true);
                channels = out;
                break;
            }
            case 3: {
                const std::int64_t out = net.between(1, 40);
                x = convolution(net, x, channels, out, 1, true, true);
                channels = out;
                break;
            }
            case 4:
                x = net.node("MaxPool", {x},
                             {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                              {"strides", std::vector<std::int64_t>{net.between(1, 2), 1}},
                              {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                              {"ceil_mode", net.between(0, 1)}});
                break;
            case 5:
                x = net.node("AveragePool", {x},
                             {{"kernel_shape", std::vector<std::int64_t>{3, 2}},
                              {"strides", std::vector<std::int64_t>{1, net.between(1, 2)}},
                              {"pads", std::vector<std::int64_t>{1, 0, 1, 1}},
                              {"count_include_pad", net.between(0, 1)}});
                break;
            case 6:
                x = net.node("ScaleShift", {x, net.random_constant({channels}, 1.0F), net.random_constant({channels}, 0.5F)},
                             activation(net));
                break;
            case 7: {  // a gate
                const TensorId gate = net.node("GlobalAveragePool", {x});
                x = net.node(net.flip() ? "Mul" : "Add", {x, gate}, activation(net));
                break;
            }
            default: {
                const TensorId other = convolution(net, x, channels, channels, 1, false, true);
                const TensorId back = net.node("Relu", {other});
                x = net.node("Concat", {back, net.node("Relu", {back})}, {{"axis", std::int64_t{1}}});
                channels *= 2;
                break;
            }
        }
    }
    const TensorId depthwise = net.flip() ? convolution(net, x, channels, channels, channels, false, true) : x;
    const TensorId out = convolution(net, depthwise, channels, 7, 1, false, true);
    std::vector<TensorId> outputs = {out};
    if (net.flip()) outputs.push_back(x);  // seen on its grid
    const TensorId pooled = net.node("Flatten", {net.node("GlobalAveragePool", {out})});
    outputs.push_back(net.node("Gemm", {pooled, net.random_constant({7, 5}, 0.4F), net.random_constant({5}, 0.4F)}));
    return net.finish(outputs);
}

// ---- networks whose products are of rows, and whose activations may be Gelu

inline Attributes activation_of_rows(NetworkBuilder& net) {
    return net.flip() ? Attributes{{"activation", std::string("gelu")}} : activation(net);
}

// Products of rows, [.., in] to [.., out]: one alone, or two whose second adds what the first made.
inline TensorId rows_product(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t out) {
    const float spread = 1.0F / std::sqrt(static_cast<float>(in));
    const TensorId b = net.random_constant({out}, 0.3F);
    TensorId y = net.node("Gemm", {x, net.random_constant({in, out}, spread), b}, activation_of_rows(net));
    if (net.flip()) {
        Attributes fused = activation_of_rows(net);
        fused["inner"] = net.unused("inner");
        y = net.node("Gemm", {y, net.random_constant({out, out}, 1.0F / std::sqrt(static_cast<float>(out))), b, y}, fused);
    }
    return y;
}

// [N, H, W, C] to [N, C, H, W], and a pooling: a strided convolution right behind is what OpenVINO computes wrongly.
inline TensorId picture_of(NetworkBuilder& net, TensorId rows) {
    const TensorId picture = net.node("Transpose", {rows}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
    return net.node("MaxPool", {picture},
                    {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"pads", std::vector<std::int64_t>{1, 0, 0, 1}}});
}

// Over the channels of a picture; what moves axes, adds or joins stands in front and behind.
inline TensorId product_of_pictures(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t out) {
    TensorId rows = net.node("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}});
    if (net.flip()) rows = net.node("Add", {rows, net.node("Relu", {rows})});
    if (net.flip()) rows = net.node("Concat", {rows, rows}, {{"axis", net.between(1, 2)}});
    TensorId y = rows_product(net, rows, in, out);
    if (net.flip()) y = net.node("Add", {y, net.node("Clip", {y}, {{"min", -1.0F}, {"max", 2.0F}})});
    return picture_of(net, y);
}

// Over those of a sequence, [N, P, in].
inline TensorId product_of_sequences(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t out) {
    const TensorId flat = net.node("Reshape", {x, net.integers({0, in, -1})});
    const TensorId y = rows_product(net, net.node("Transpose", {flat}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}}), in, out);
    const TensorId joined = net.node("Concat", {y, net.node("Relu", {y})}, {{"axis", net.between(1, 2) == 1 ? 1 : -2}});
    const TensorId picture = net.node("Reshape", {joined, net.integers({0, 2, -1, out})});
    return rows_product(net, net.flip() ? picture : joined, out, 3);
}

// A sum that lies row by row, read by a depthwise convolution over its second axis and by what moves its codes.
inline std::vector<TensorId> sum_of_rows(NetworkBuilder& net, TensorId x, std::int64_t in, std::int64_t height) {
    const TensorId rows = rows_product(net, net.node("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}}), in, 5);
    const TensorId sum = net.node("Add", {rows, net.node("Relu", {rows})});
    const TensorId back = picture_of(net, sum);
    return {convolution(net, sum, height, height, height, false, true), convolution(net, back, 5, 4, 1, false, true)};
}

inline Graph random_network_of_rows(std::uint32_t seed, std::vector<std::int64_t> batch) {
    NetworkBuilder net(seed);
    const std::int64_t in = net.between(1, 40), out = net.between(1, 40), height = net.between(5, 17);
    const TensorId image = net.input({batch[0], in, height, net.between(5, 17)});
    const TensorId w = net.random_constant({in, in, 1, 1}, 1.0F / std::sqrt(static_cast<float>(in)));
    const TensorId x = net.node("Conv", {image, w, net.random_constant({in}, 0.3F)}, activation_of_rows(net));
    std::vector<TensorId> outputs = {convolution(net, product_of_pictures(net, x, in, out), out, 7, 1, false, true)};
    if (net.flip()) outputs.push_back(product_of_sequences(net, x, in, net.between(1, 40)));
    if (net.flip()) std::ranges::copy(sum_of_rows(net, x, in, height), std::back_inserter(outputs));
    return net.finish(outputs);
}

// One product of rows of rank 2 to 4.
inline Graph network_of_one_product(std::uint32_t seed) {
    NetworkBuilder net(seed);
    const std::int64_t in = net.between(1, 70), out = net.between(1, 70);
    Shape shape;
    for (std::int64_t rank = net.between(1, 3); rank > 0; --rank) shape.push_back(net.between(1, 9));
    shape.push_back(in);
    const TensorId w = net.random_constant({in, out}, 1.0F / std::sqrt(static_cast<float>(in)));
    return net.finish({net.node("Gemm", {net.input(shape), w, net.random_constant({out}, 0.3F)}, activation_of_rows(net))});
}

using MakeNetwork = Graph(std::uint32_t seed, std::vector<std::int64_t> batch);
inline constexpr MakeNetwork* kNetworks[] = {random_network, random_network_of_rows};

// The largest difference, as a share of the largest value.
inline float worst_share(const std::vector<float>& expected, const std::vector<float>& found) {
    float span = 0, worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        span = std::max(span, std::abs(expected[i]));
        worst = std::max(worst, std::abs(expected[i] - found[i]));
    }
    return span > 0 ? worst / span : worst;
}

}  // namespace octavo::testing
