// Constants of ONNX files: a TensorProto becomes a Tensor whose data is a view into the mapped file where type and alignment allow, else a
// copy. Half precision is widened and double narrowed to float32. Everything is checked against the tensor's dimensions first.
#pragma once

#include "core/formats/onnx/proto.h"
#include "core/graph/graph.h"

#include <map>
#include <memory>
#include <string>

namespace octavo::onnx {

// The type that a tensor of the file has in the graph; nothing where Octavo has none.
std::optional<octavo_type> graph_type(DataType type);
std::string type_name(DataType type);

class ConstantReader {
public:
    // `owner` keeps the file's bytes alive. `folder` is where external data is looked for; nullopt: nowhere.
    ConstantReader(std::shared_ptr<const void> owner, std::optional<std::string> folder)
        : owner_(std::move(owner)), folder_(std::move(folder)) {}

    // The name is left to the caller. Errors do not name the tensor either.
    Result<Tensor> read(const TensorProto& proto);

private:
    struct Raw {
        std::shared_ptr<const void> owner;
        std::string_view bytes;
    };
    Result<Raw> raw_of(const TensorProto& proto);
    Result<Raw> external(const TensorProto& proto);

    std::shared_ptr<const void> owner_;
    std::optional<std::string> folder_;
    std::map<std::string, Raw, std::less<>> files_;
};

}  // namespace octavo::onnx
