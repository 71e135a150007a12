// Batches: in the data set's order whatever the number of threads, with the last one part filled, and with a say in what cannot be read.
#include "core/pipeline/stage_samples.h"

#include <octavo/tensor.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace octavo;

namespace {

// A data set of ready tensors: sample i holds i, i + 0.5; every sample whose number is in `missing` is an error, and one
// whose number is in `noted` has a note.
struct Numbers {
    std::int64_t count = 0;
    std::vector<std::int64_t> missing, noted;
    std::vector<std::array<float, 2>> values;
    std::vector<octavo_tensor> tensors;
    std::vector<std::array<octavo_tensor, 2>> pairs = {};  // in place of them
    std::vector<std::string> names;
};
Numbers* made = nullptr;  // the C functions below have no other way to it

octavo_status create(const octavo_value*, void** self, octavo_error*) {
    *self = made;
    return 0;
}
void destroy(void*) {}
std::int64_t count(void* self) {
    return static_cast<Numbers*>(self)->count;
}
octavo_status sample(void* self, std::int64_t index, octavo_sample* out, octavo_error* error) {
    const auto& numbers = *static_cast<Numbers*>(self);
    if (std::find(numbers.missing.begin(), numbers.missing.end(), index) != numbers.missing.end()) {
        std::strcpy(error->text, ("number " + std::to_string(index) + " is damaged").c_str());
        return 4;
    }
    const auto i = static_cast<std::size_t>(index);
    out->id = numbers.names[i].c_str();
    out->tensors = numbers.pairs.empty() ? &numbers.tensors[i] : numbers.pairs[i].data();
    out->tensor_count = numbers.pairs.empty() ? 1 : 2;
    out->annotation = {"number", &numbers.values[i], sizeof numbers.values[i]};
    if (std::find(numbers.noted.begin(), numbers.noted.end(), index) != numbers.noted.end()) out->note = "a box was clipped";
    return 0;
}

const octavo_dataset_functions kFunctions = {sizeof(octavo_dataset_functions), create, destroy, count, sample, nullptr};
const octavo_plugin kPlugin = {sizeof(octavo_plugin), OCTAVO_ABI_VERSION, OCTAVO_DATASET, "numbers", "1", "", nullptr, 0, &kFunctions};

struct Fixture {
    Numbers numbers;

    explicit Fixture(std::int64_t samples) {
        numbers.count = samples;
        for (std::int64_t i = 0; i < samples; ++i) {
            numbers.values.push_back({static_cast<float>(i), static_cast<float>(i) + 0.5F});
            numbers.names.push_back("n" + std::to_string(i));
        }
        const std::int64_t shape[] = {2};
        for (auto& value : numbers.values) numbers.tensors.push_back(dense_tensor(OCTAVO_F32, shape, value.data()));
        made = &numbers;
    }

    struct Seen {
        std::vector<float> first;  // of each sample, in the order of consumption
        std::vector<std::size_t> sizes;
        Result<SamplesDone> done = SamplesDone();
    };
    Seen run(std::int64_t first, std::int64_t samples, std::int64_t batch, int threads, bool skip = false) {
        const Result<DatasetHandle> dataset = DatasetHandle::create({&kPlugin, ""}, {});
        const std::vector<Port> ports = {{"x", OCTAVO_F32, {batch, 2}}};
        const Preprocess none;
        Seen seen;
        seen.done = for_each_batch({*dataset, first, samples, none, ports, threads, skip}, [&](const Batch& one) -> Result<void> {
            seen.sizes.push_back(one.size());
            for (std::size_t row = 0; row < static_cast<std::size_t>(batch); ++row) {
                float pair[2];
                std::memcpy(pair, one.inputs[0].data() + row * 8, 8);
                if (row < one.size()) {
                    seen.first.push_back(pair[0]);
                    BOOST_TEST(pair[1] == pair[0] + 0.5F);
                    BOOST_TEST(one.ids[row] == "n" + std::to_string(static_cast<int>(pair[0])));
                } else {
                    BOOST_TEST(pair[0] == 0.0F);  // padding
                }
            }
            return {};
        });
        return seen;
    }
};

std::vector<float> range(int first, int count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), static_cast<float>(first));
    return values;
}
const auto each = boost::test_tools::per_element();

}  // namespace

BOOST_AUTO_TEST_SUITE(samples)

BOOST_AUTO_TEST_CASE(order_is_kept_for_any_number_of_threads_and_any_batch) {
    Fixture fixture(50);
    for (const int threads : {1, 2, 8})
        for (const std::int64_t batch : {1, 3, 7, 64}) {
            const auto seen = fixture.run(5, 40, batch, threads);
            BOOST_REQUIRE(seen.done);
            BOOST_TEST(seen.done->samples == 40);
            BOOST_TEST(seen.first == range(5, 40), each);
        }
}

BOOST_AUTO_TEST_CASE(the_last_batch_holds_what_is_left) {
    const auto seen = Fixture(10).run(0, 10, 4, 2);
    BOOST_TEST(seen.sizes == (std::vector<std::size_t>{4, 4, 2}), each);
}

// Size of the picture, for instance, once for all samples.
BOOST_AUTO_TEST_CASE(an_input_without_a_batch_is_filled_once) {
    Fixture fixture(4);
    const Result<DatasetHandle> dataset = DatasetHandle::create({&kPlugin, ""}, {});
    const std::vector<Port> ports = {{"x", OCTAVO_F32, {4, 2}}}, fixed = {{"x", OCTAVO_F32, {4, 2}}, {"info", OCTAVO_F32, {1, 2}}};
    const Preprocess none;
    const std::array<float, 2> same = {7, 8};
    std::vector<std::array<octavo_tensor, 2>> pairs;
    for (const octavo_tensor& tensor : fixture.numbers.tensors)
        pairs.push_back({tensor, dense_tensor(OCTAVO_F32, std::vector<std::int64_t>{1, 2}, same.data())});
    fixture.numbers.pairs = pairs;
    const auto run = [&] {
        return for_each_batch({*dataset, 0, 4, none, fixed, 2}, [&](const Batch& one) -> Result<void> {
            BOOST_TEST(one.size() == 4U);
            BOOST_TEST(std::memcmp(one.inputs[1].data(), same.data(), sizeof same) == 0);
            float last[2];
            std::memcpy(last, one.inputs[0].data() + 3 * 8, 8);
            BOOST_TEST(last[0] == 3.0F);
            return {};
        });
    };
    BOOST_TEST(static_cast<bool>(run()));
    fixture.numbers.pairs[2][1].data = &fixture.numbers.values[0];
    const Result<SamplesDone> other = run();
    BOOST_REQUIRE(!other);
    BOOST_TEST(other.error().message() ==
               "n2: its tensor 1 is another than that of 'n0', and input 'info' has no batch; expected \"batch\": 1");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_ends_the_run) {
    Fixture fixture(10);
    fixture.numbers.missing = {6};
    const auto seen = fixture.run(0, 10, 2, 3);
    BOOST_REQUIRE(!seen.done);
    BOOST_TEST(static_cast<int>(seen.done.error().code()) == 4);
    BOOST_TEST(seen.done.error().message() == "dataset 'numbers': number 6 is damaged");
    BOOST_TEST(seen.first == range(0, 6), each);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_counted_and_named_where_it_may_be_skipped) {
    Fixture fixture(10);
    fixture.numbers.missing = {0, 4, 9};
    const auto seen = fixture.run(0, 10, 3, 2, true);
    BOOST_REQUIRE(seen.done);
    BOOST_TEST(seen.done->samples == 7);
    BOOST_REQUIRE_EQUAL(seen.done->unreadable.size(), 3U);
    BOOST_TEST(seen.done->unreadable[1].id == "4");
    BOOST_TEST(seen.first == (std::vector<float>{1, 2, 3, 5, 6, 7, 8}), each);
}

// By the data set, which names what it gives even where that cannot be used; by its number what it does not give.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_has_the_name_that_it_has_elsewhere) {
    Fixture fixture(6);
    fixture.numbers.missing = {1};
    for (const std::size_t i : {3U, 5U}) fixture.numbers.tensors[i].type = OCTAVO_S64;
    const auto seen = fixture.run(1, 5, 2, 2, true);
    BOOST_REQUIRE(seen.done);
    std::vector<std::string> ids;
    for (const ImageNote& one : seen.done->unreadable) ids.push_back(one.id);
    BOOST_TEST(ids == (std::vector<std::string>{"1", "n3", "n5"}), each);
    BOOST_TEST(seen.done->unreadable[1].text.starts_with("n3: tensor 0 does not fit input 'x'"));
}

BOOST_AUTO_TEST_CASE(notes_of_the_data_set_are_kept_for_the_report) {
    Fixture fixture(10);
    fixture.numbers.noted = {1, 3, 8};
    fixture.numbers.missing = {3};
    const auto seen = fixture.run(0, 10, 4, 3, true);
    BOOST_REQUIRE(seen.done);
    BOOST_REQUIRE_EQUAL(seen.done->noted.size(), 2U);
    BOOST_TEST(seen.done->noted[0].id == "n1");
    BOOST_TEST(seen.done->noted[1].id == "n8");
    BOOST_TEST(seen.done->noted[1].text == "a box was clipped");
}

BOOST_AUTO_TEST_CASE(nothing_readable_at_all_is_an_error) {
    Fixture fixture(2);
    fixture.numbers.missing = {0, 1};
    const auto seen = fixture.run(0, 2, 1, 1, true);
    BOOST_REQUIRE(!seen.done);
    BOOST_TEST(seen.done.error().message() == "none of 2 images can be read, the first: dataset 'numbers': number 0 is damaged");
}

// Chosen samples are a part of what their caller reads: of the others some may be readable.
BOOST_AUTO_TEST_CASE(chosen_samples_of_which_none_is_readable_are_skipped) {
    Fixture fixture(4);
    fixture.numbers.missing = {1, 3};
    const Result<DatasetHandle> dataset = DatasetHandle::create({&kPlugin, ""}, {});
    const std::vector<Port> ports = {{"x", OCTAVO_F32, {2, 2}}};
    const std::vector<std::int64_t> chosen = {1, 3};
    const Preprocess none;
    const Result<SamplesDone> done = for_each_batch({*dataset, 0, 0, none, ports, 1, true, {}, chosen}, [](const Batch&) -> Result<void> {
        return Error(Code::internal, "nothing was to be consumed");
    });
    BOOST_REQUIRE(done);
    BOOST_TEST(done->samples == 0);
    BOOST_TEST(done->unreadable.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_consumer_that_fails_ends_the_run) {
    Fixture fixture(100);
    const Result<DatasetHandle> dataset = DatasetHandle::create({&kPlugin, ""}, {});
    const std::vector<Port> ports = {{"x", OCTAVO_F32, {1, 2}}};
    const Preprocess none;
    int calls = 0;
    const Result<SamplesDone> done = for_each_batch({*dataset, 0, 100, none, ports, 4, false}, [&](const Batch&) -> Result<void> {
        return ++calls == 3 ? Result<void>(Error(Code::internal, "enough")) : Result<void>();
    });
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().message() == "enough");
    BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(tensors_that_do_not_fit_the_model_are_refused) {
    Fixture fixture(1);
    const Result<DatasetHandle> dataset = DatasetHandle::create({&kPlugin, ""}, {});
    const std::vector<Port> ports = {{"x", OCTAVO_F32, {1, 3}}};
    const Preprocess none;
    const auto ignore = [](const Batch&) -> Result<void> { return {}; };
    const Result<SamplesDone> done = for_each_batch({*dataset, 0, 1, none, ports, 1, false}, ignore);
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().message() == "n0: tensor 0 does not fit input 'x' (12 bytes)");
}

BOOST_AUTO_TEST_CASE(a_slice_is_cut_out_of_what_is_there) {
    const auto range_of_slice = [](std::int64_t skip, std::int64_t limit, std::int64_t all) {
        Slice slice;
        slice.skip = skip;
        slice.limit = limit;
        slice.title = "validation 2";
        return range_of(slice, all);
    };
    BOOST_TEST(range_of_slice(300, 0, 500)->count == 200);
    BOOST_TEST(range_of_slice(300, 0, 500)->first == 300);
    BOOST_TEST(range_of_slice(0, 50, 500)->count == 50);
    BOOST_TEST(range_of_slice(490, 50, 500)->count == 10);
    const Result<SliceRange> none = range_of_slice(500, 0, 500);
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().message() ==
               "validation 2: the data set has 500 samples and 500 are skipped, so none is left; expected another list or a smaller skip");
}

BOOST_AUTO_TEST_CASE(an_input_for_pictures_has_channels_in_front_or_behind) {
    const auto told = [](std::vector<std::int64_t> shape, octavo_type type = OCTAVO_F32) {
        const std::optional<InputShape> found = image_shape(Port{"x", type, std::move(shape)});
        if (!found) return std::string("none");
        return std::to_string(found->channels) + " " + std::to_string(found->height) + "x" + std::to_string(found->width) +
               (found->is_channels_last ? " behind" : "") + (found->is_bytes ? ", bytes" : "");
    };
    BOOST_TEST(told({8, 3, 20, 30}) == "3 20x30");
    BOOST_TEST(told({8, 1, 20, 30}) == "1 20x30");
    BOOST_TEST(told({8, 20, 30, 3}) == "3 20x30 behind");
    BOOST_TEST(told({8, 20, 30, 1}) == "1 20x30 behind");
    BOOST_TEST(told({8, 3, 20, 3}) == "3 20x3");
    BOOST_TEST(told({8, 20, 30, 3}, OCTAVO_U8) == "3 20x30 behind, bytes");
    BOOST_TEST(told({8, 4, 20, 30}) == "none");
    BOOST_TEST(told({8, 3, 20}) == "none");
    BOOST_TEST(told({8, 3, 20, 30}, OCTAVO_S64) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
