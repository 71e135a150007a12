// Caffe models: the prototxt, a zero byte, the caffemodel; with what follows on reading.
#include "core/formats/caffe/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

#include <algorithm>

using namespace octavo;

namespace {

constexpr const char* kDetector = R"(input: "data" input_shape { dim: 1 dim: 2 dim: 6 dim: 6 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 pad: 1 group: 2 } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" batch_norm_param { eps: 1e-4 } }
layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" relu_param { negative_slope: 0.1 } }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "up" type: "Deconvolution" bottom: "pool" top: "up" convolution_param { num_output: 4 kernel_size: 4 stride: 2 group: 4 bias_term: false } }
layer { name: "crop" type: "Crop" bottom: "up" bottom: "pool" top: "crop" crop_param { axis: 2 offset: 1 } }
layer { name: "sum" type: "Eltwise" bottom: "crop" bottom: "pool" top: "sum" eltwise_param { operation: SUM coeff: [1, -1] } }
layer { name: "norm" type: "Normalize" bottom: "sum" top: "norm" norm_param { across_spatial: false channel_shared: false } }
layer { name: "order" type: "Permute" bottom: "norm" top: "order" permute_param { order: [0, 2, 3, 1] } }
layer { name: "loc" type: "Flatten" bottom: "order" top: "loc" }
layer { name: "cut" type: "Slice" bottom: "norm" top: "a" top: "b" slice_param { axis: 1 slice_point: 2 } }
layer { name: "rows" type: "Reshape" bottom: "b" top: "rows" reshape_param { shape { dim: 0 dim: -1 dim: 2 } } }
layer { name: "odds" type: "Softmax" bottom: "rows" top: "odds" softmax_param { axis: 2 } }
layer { name: "conf" type: "Flatten" bottom: "odds" top: "conf" }
layer { name: "prior" type: "PriorBox" bottom: "norm" bottom: "data" top: "prior" prior_box_param { min_size: 2 variance: 0.1 } }
layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior" top: "out"
  detection_output_param { num_classes: 2 nms_param { nms_threshold: 0.45 top_k: 9 } code_type: CENTER_SIZE keep_top_k: 4 } }
)";

constexpr const char* kOld = R"(name: "old" input: "data" input_dim: 1 input_dim: 2 input_dim: 2 input_dim: 2
layers { name: "lrn" type: LRN bottom: "data" top: "lrn" lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL } }
layers { name: "fc" type: INNER_PRODUCT bottom: "lrn" top: "fc" inner_product_param { num_output: 2 } }
layers { name: "drop" type: DROPOUT bottom: "fc" top: "fc" include { phase: TRAIN } }
layers { name: "loss" type: SOFTMAX_LOSS bottom: "fc" bottom: "label" top: "loss" }
)";

// A field of bytes; all of these are shorter than 2^14.
std::string field(unsigned number, const std::string& bytes) {
    std::string made;
    for (const std::size_t value : {static_cast<std::size_t>(number << 3U | 2U), bytes.size()}) {
        if (value >= 0x80) made += static_cast<char>((value & 0x7FU) | 0x80U);
        made += static_cast<char>(value >= 0x80 ? value >> 7U : value);
    }
    return made + bytes;
}

std::string blob(const std::string& dims) {
    std::size_t count = 1;
    for (const char dim : dims) count *= static_cast<std::size_t>(dim);
    const std::vector<float> values(count, 0.5F);
    return field(7, field(1, dims)) + field(5, {reinterpret_cast<const char*>(values.data()), count * sizeof(float)});
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const auto layer = [](const std::string& name, const std::string& blobs) { return field(100, field(1, name) + blobs); };
    const std::string four = field(7, blob("\4")), one = field(7, blob("\1"));
    const std::string weights = layer("conv", field(7, blob("\4\1\3\3")) + four) + layer("bn", four + four + one) +
                                layer("scale", four + four) + layer("up", field(7, blob("\4\1\4\4"))) + layer("norm", four);
    const std::string old = field(2, field(4, "fc") + field(6, blob("\2\x08")) + field(6, blob("\2")));
    return {kDetector + ('\0' + weights), kOld + ('\0' + old)};
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* bytes = reinterpret_cast<const char*>(data);
    const char* const end = std::find(bytes, bytes + size, '\0');
    const char* const weights = std::min(end + 1, bytes + size);
    Result<Graph> graph =
        read_caffe(std::string_view(bytes, static_cast<std::size_t>(end - bytes)), make_buffer(std::vector<char>(weights, bytes + size)));
    if (graph) follow(std::move(*graph));
    return 0;
}
