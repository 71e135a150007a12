// classify RUN IMAGE...: the likeliest class of each image and its score, from the network that octavo calibrate has quantized into the
// folder RUN. Two streams share the images, each on a thread of its own.
#include <octavo/runtime.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

using namespace octavo;

Result<std::string> classify(runtime::Stream& stream, const char* path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    OCTAVO_CHECK_OK(stream.set_image(0, std::as_bytes(std::span(bytes))));
    OCTAVO_CHECK_OK(stream.run());
    OCTAVO_TRY(const auto scores, runtime::values<const float>(stream.outputs()[0]));
    const auto best = std::max_element(scores.begin(), scores.end());
    char text[64];
    std::snprintf(text, sizeof text, "%td\t%.9g", best - scores.begin(), static_cast<double>(*best));
    return std::string(text);
}

int main(int argc, char** argv) {
    if (argc < 3) return std::fprintf(stderr, "usage: classify RUN IMAGE...\n"), 2;
    const Result<runtime::Model> model = runtime::Model::load(argv[1]);
    if (!model) return std::fprintf(stderr, "%s\n", model.error().message().c_str()), 1;

    constexpr int kStreams = 2;
    std::vector<std::string> answers(static_cast<std::size_t>(argc));
    const auto work = [&](int first) {
        Result<runtime::Stream> stream = model->open({.threads = 1});
        for (int i = first; i < argc; i += kStreams) {
            const Result<std::string> answer = stream ? classify(*stream, argv[i]) : Result<std::string>(stream.error());
            answers[static_cast<std::size_t>(i)] = answer ? *answer : "error: " + answer.error().message();
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kStreams; ++i) threads.emplace_back(work, 2 + i);
    for (std::thread& thread : threads) thread.join();
    for (int i = 2; i < argc; ++i) std::printf("%s\t%s\n", argv[i], answers[static_cast<std::size_t>(i)].c_str());
}
