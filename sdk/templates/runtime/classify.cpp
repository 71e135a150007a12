// classify RUN IMAGE...: the likeliest class of each image and its score, by the network that octavo calibrate has quantized into the
// folder RUN. Two streams, each on a thread of its own, share the images.
#include <octavo/runtime.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

using namespace octavo;

Result<void> classify(const runtime::Model& model, std::span<char* const> images) {
    OCTAVO_TRY(runtime::Stream stream, model.open({.threads = 1}));
    for (const char* path : images) {
        std::ifstream file(path, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        if (const auto put = stream.set_image(0, std::as_bytes(std::span(bytes))); !put) return put.error().within(path);
        OCTAVO_CHECK_OK(stream.run());
        OCTAVO_TRY(const auto scores, runtime::values<const float>(stream.outputs()[0]));
        const auto best = std::ranges::max_element(scores);
        std::printf("%s\t%td\t%.9g\n", path, best - scores.begin(), static_cast<double>(*best));
    }
    return {};
}

int main(int argc, char** argv) {
    if (argc < 3) return std::fprintf(stderr, "usage: classify RUN IMAGE...\n"), 2;
    const std::span images(argv + 2, argv + argc);
    const Result<runtime::Model> model = runtime::Model::load(argv[1]);
    if (!model) return std::fprintf(stderr, "classify: %s\n", model.error().message().c_str()), 1;

    Result<void> done[2];
    std::thread second([&] { done[1] = classify(*model, images.subspan(images.size() / 2)); });
    done[0] = classify(*model, images.first(images.size() / 2));
    second.join();
    for (const Result<void>& half : done)
        if (!half) return std::fprintf(stderr, "classify: %s\n", half.error().message().c_str()), 1;
}
