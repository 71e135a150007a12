// See reader.h.
#include "core/formats/caffe/reader.h"

#include "core/base/files.h"
#include "core/formats/caffe/import.h"

namespace octavo {

namespace {

Result<Graph> read(const caffe::Net& net, const caffe::Weights& weights, const std::shared_ptr<const void>& owner,
                   const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(Graph graph, caffe::Importer(net, weights, owner).run(given));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    OCTAVO_CHECK_OK(infer_shapes(graph, 1));
    return graph;
}

}  // namespace

Result<Graph> read_caffe(std::string_view prototxt, const Buffer& caffemodel, const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(const caffe::Net net, caffe::parse_net(prototxt));
    OCTAVO_TRY(const caffe::Weights weights, caffe::parse_weights({reinterpret_cast<const char*>(caffemodel.data), caffemodel.size_bytes}));
    return read(net, weights, caffemodel.owner, given);
}

Result<Graph> read_caffe(const std::string& path, const std::map<std::string, Tensor>& given) {
    const std::string stem = path.substr(0, path.rfind('.'));
    OCTAVO_TRY(const MappedFile prototxt, map_file(stem + ".prototxt", Code::model));
    OCTAVO_TRY(const MappedFile caffemodel, map_file(stem + ".caffemodel", Code::model));
    Result<Graph> graph = read_caffe(prototxt.text(), Buffer{caffemodel.owner, caffemodel.data, caffemodel.size_bytes}, given);
    if (!graph) return graph.error().within(path);
    return graph;
}

}  // namespace octavo
