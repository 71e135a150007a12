// Shapes must be those of the graph, but for what is made of NonMaxSuppression's output: how many boxes that finds depends on values.
#include "core/pipeline/array_files.h"

#include "core/base/files.h"
#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/graph/flat.h"
#include "core/pipeline/stage_infer.h"
#include "core/plan/place.h"
#include "sdk/ops/op.h"

#include <octavo/tensor.h>

#include <boost/json.hpp>

#include <algorithm>

namespace octavo {
namespace {

constexpr const char* kForm =
    R"(what 'octavo evaluate --arrays' writes: {"files": {TENSOR: FILE, ...}, "images": [IMAGES OF A BATCH, ...]})";

struct Index {
    std::map<std::string, std::string> files;  // [tensor]
    std::vector<std::size_t> images;           // [batch]
};

Result<Index> read_index(const std::string& path) {
    OCTAVO_CHECK_OK(check_is_file(path, kForm));
    Index index;
    OCTAVO_CHECK_OK(read_json(path, kForm, [&](const Place& root) -> Result<void> {
        OCTAVO_TRY(index.files, section<std::string>(root, "files", text_of));
        OCTAVO_TRY(const Place images, member(root, "images"));
        const boost::json::array* list = images.value.if_array();
        if (!list) return images.expected("a list of numbers");
        for (const boost::json::value& entry : *list) {
            const std::int64_t* number = entry.if_int64();
            if (!number || *number < 1)
                return images.at(entry, std::to_string(index.images.size())).expected("a number of images, at least 1");
            index.images.push_back(static_cast<std::size_t>(*number));
        }
        return {};
    }));
    return index;
}

// [tensor]
std::vector<bool> bounded_tensors(const Graph& graph) {
    std::vector<bool> bounded(graph.tensors.size(), false);
    const auto is_bounded = [&](TensorId id) { return id != TensorId::none && bounded[index(id)]; };
    for (const Node& node : graph.nodes) {
        if (!ops::find(node.op)->bounded && std::none_of(node.inputs.begin(), node.inputs.end(), is_bounded)) continue;
        for (const TensorId id : node.outputs)
            if (id != TensorId::none) bounded[index(id)] = true;
    }
    return bounded;
}

bool fits(const Shape& found, const Shape& largest, bool is_bounded) {
    if (!is_bounded) return found == largest;
    return std::equal(found.begin(), found.end(), largest.begin(), largest.end(), std::less_equal<>());
}

}  // namespace

Result<void> ArrayWriter::add(const Batch& batch, const Session& session) {
    const auto file = [this](const std::string& tensor) {
        return folder_ + "/" + std::to_string(images_.size()) + "/" + names_.of(tensor) + ".npy";
    };
    for (std::size_t i = 0; i < session.inputs().size(); ++i) {
        const Port& port = session.inputs()[i];
        OCTAVO_CHECK_OK(write_npy(file(port.name), port.type, port.shape, batch.inputs[i]));
    }
    for (const auto& [name, array] : output_arrays(session)) OCTAVO_CHECK_OK(write_npy(file(name), array.type, array.shape, array.bytes));
    images_.push_back(batch.size());
    return {};
}

Result<void> ArrayWriter::finish() const {
    boost::json::object files;
    for (const auto& [tensor, file] : names_.given()) files[tensor] = file + ".npy";
    const boost::json::array images(images_.begin(), images_.end());
    return write_atomically(folder_ + "/arrays.json", pretty_json({{"files", files}, {"images", images}}), Code::data);
}

Result<OutputReader> OutputReader::open(std::string folder, const Graph& graph) {
    OutputReader reader;
    reader.folder_ = std::move(folder);
    OCTAVO_TRY(Index read, read_index(reader.index_file()));
    reader.images_ = std::move(read.images);
    const std::vector<bool> bounded = bounded_tensors(graph);
    for (const TensorId id : graph.outputs) {
        Output output{{graph[id].name, graph[id].type, graph[id].shape}, bounded[index(id)], read.files[graph[id].name]};
        if (output.file.empty())
            return Error(Code::config, reader.index_file() + ": /files: found none of '" + output.port.name +
                                           "', expected a file of every output of the model");
        reader.outputs_.push_back(std::move(output));
    }
    return reader;
}

Result<void> OutputReader::read(Output& output) const {
    OCTAVO_TRY(output.array, read_npy(folder_ + "/" + std::to_string(next_) + "/" + output.file));
    const Array& found = output.array;
    const Port& port = output.port;
    if (found.type == port.type && fits(found.shape, port.shape, output.is_bounded)) return {};
    return Error(Code::data, found.file + ": output '" + port.name + "': found " + type_name(found.type) + " " +
                                 ops::shape_text(found.shape) + ", expected " + type_name(port.type) + " " +
                                 (output.is_bounded ? "at most " : "") + ops::shape_text(port.shape));
}

Result<std::vector<octavo_output>> OutputReader::next(std::size_t images) {
    if (next_ == images_.size())
        return Error(Code::data, index_file() + ": /images: found " + counted(images_.size(), "batch", "batches") +
                                     ", expected more: the data set has more images");
    if (images_[next_] != images)
        return Error(Code::data, index_file() + ": /images/" + std::to_string(next_) + ": found " + counted(images_[next_], "image") +
                                     ", expected " + std::to_string(images) + ", as the data set and the batch size give");
    std::vector<octavo_output> outputs;
    for (Output& output : outputs_) {
        OCTAVO_CHECK_OK(read(output));
        outputs.push_back({output.port.name.c_str(), dense_tensor(output.array.type, output.array.shape, output.array.bytes.data())});
    }
    ++next_;
    return outputs;
}

Result<void> OutputReader::finish() const {
    if (next_ == images_.size()) return {};
    return Error(Code::data, index_file() + ": /images: found " + counted(images_.size(), "batch", "batches") + ", expected " +
                                 std::to_string(next_) + ": the data set has no more images");
}

}  // namespace octavo
