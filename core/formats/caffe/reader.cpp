// See reader.h.
#include "core/formats/caffe/reader.h"

#include "core/base/files.h"
#include "core/formats/caffe/import.h"

namespace octavo {
namespace {

Result<Graph> import_graph(const caffe::Net& net, const caffe::Weights& weights, const std::shared_ptr<const void>& owner,
                           const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(Graph graph, caffe::Importer(net, weights, owner).run(given));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    OCTAVO_CHECK_OK(infer_shapes(graph, 1));
    return graph;
}

Result<MappedFile> map_one_of_two(const std::string& path) {
    Result<MappedFile> file = map_file(path, Code::model);
    if (file) return file;
    return Error(file.error().code(), file.error().message() + ": a Caffe model is two files of one name, .prototxt and .caffemodel");
}

template <class T>
Result<T> within(Result<T> result, const std::string& path) {
    if (!result) return result.error().within(path);
    return result;
}

}  // namespace

Result<Graph> read_caffe(std::string_view prototxt, const Buffer& caffemodel, const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(const caffe::Net net, caffe::parse_net(prototxt));
    OCTAVO_TRY(const caffe::Weights weights, caffe::parse_weights({reinterpret_cast<const char*>(caffemodel.data), caffemodel.size_bytes}));
    return import_graph(net, weights, caffemodel.owner, given);
}

Result<Graph> read_caffe(const std::string& path, const std::map<std::string, Tensor>& given) {
    const std::string stem = path.substr(0, path.rfind('.')), net_path = stem + ".prototxt", weights_path = stem + ".caffemodel";
    OCTAVO_TRY(const MappedFile prototxt, map_one_of_two(net_path));
    OCTAVO_TRY(const MappedFile caffemodel, map_one_of_two(weights_path));
    OCTAVO_TRY(const caffe::Net net, within(caffe::parse_net(prototxt.text()), net_path));
    OCTAVO_TRY(const caffe::Weights weights, within(caffe::parse_weights(caffemodel.text()), weights_path));
    return within(import_graph(net, weights, caffemodel.owner, given), net_path);
}

}  // namespace octavo
