// Wire format of NetParameter, as far as weights go. Fields are told apart by number and wire type together: a known number with another
// wire type is skipped like an unknown field. Nothing recurses.
#include "core/formats/caffe/weights.h"

#include <protozero/pbf_reader.hpp>

#include <bit>
#include <cstring>
#include <optional>

namespace octavo::caffe {
namespace {

static_assert(std::endian::native == std::endian::little, "packed floats are little-endian and used in place");

using protozero::pbf_reader;
using protozero::pbf_wire_type;

// No real network comes near; a small hostile file could otherwise claim gigabytes of empty messages.
constexpr std::size_t kMostMessages = 1'000'000;
struct TooManyMessages {};

constexpr std::uint32_t varint(std::uint32_t field) {
    return protozero::tag_and_type(field, pbf_wire_type::varint);
}
constexpr std::uint32_t fixed32(std::uint32_t field) {
    return protozero::tag_and_type(field, pbf_wire_type::fixed32);
}
constexpr std::uint32_t fixed64(std::uint32_t field) {
    return protozero::tag_and_type(field, pbf_wire_type::fixed64);
}
constexpr std::uint32_t bytes(std::uint32_t field) {
    return protozero::tag_and_type(field, pbf_wire_type::length_delimited);
}

// Where name and blobs stand in the two forms of a layer.
struct LayerForm {
    std::uint32_t field_of_net, name, blobs;
};
constexpr LayerForm kForms[] = {{100, 1, 7}, {2, 4, 6}};

template <class T>
void append(std::vector<float>& values, std::string_view packed) {
    if (packed.size() % sizeof(T) != 0) throw protozero::invalid_length_exception{};
    for (std::size_t at = 0; at < packed.size(); at += sizeof(T)) {
        T value;
        std::memcpy(&value, packed.data() + at, sizeof(T));
        values.push_back(static_cast<float>(value));
    }
}

// A second run, or a value alone, ends the view.
std::vector<float>& unpacked(Blob& blob) {
    append<float>(blob.values, blob.packed);
    blob.packed = {};
    return blob.values;
}

void add_floats(Blob& blob, std::string_view packed) {
    if (packed.size() % sizeof(float) != 0) throw protozero::invalid_length_exception{};
    if (blob.count() == 0)
        blob.packed = packed;
    else
        append<float>(unpacked(blob), packed);
}

Shape parse_shape(pbf_reader message) {
    Shape dims;
    while (message.next()) switch (message.tag_and_type()) {
            case varint(1):
                dims.push_back(message.get_int64());
                break;
            case bytes(1):
                for (const std::int64_t dim : message.get_packed_int64()) dims.push_back(dim);
                break;
            default:
                message.skip();
        }
    return dims;
}

class Parser {
public:
    Weights run(std::string_view file) {
        Weights weights;
        pbf_reader message(file.data(), file.size());
        while (message.next()) {
            const LayerForm* found = nullptr;
            for (const LayerForm& form : kForms)
                if (message.tag_and_type() == bytes(form.field_of_net)) found = &form;
            if (!found) {
                message.skip();
                continue;
            }
            auto [name, blobs] = layer(message.get_message(), *found);
            if (!blobs.empty()) weights[name] = std::move(blobs);
        }
        return weights;
    }

private:
    std::pair<std::string, std::vector<Blob>> layer(pbf_reader message, const LayerForm& form) {
        count_message();
        std::pair<std::string, std::vector<Blob>> made;
        while (message.next()) {
            if (message.tag_and_type() == bytes(form.name))
                made.first = message.get_string();
            else if (message.tag_and_type() == bytes(form.blobs))
                made.second.push_back(blob(message.get_message()));
            else
                message.skip();
        }
        return made;
    }

    Blob blob(pbf_reader message) {
        count_message();
        Blob made;
        Shape four(4, 0);
        bool has_four = false;
        std::optional<Shape> shape;
        while (message.next()) {
            const protozero::pbf_tag_type field = message.tag();
            switch (message.tag_and_type()) {
                case varint(1):
                case varint(2):
                case varint(3):
                case varint(4):
                    four[field - 1] = message.get_int32(), has_four = true;
                    break;
                case fixed32(5):
                    unpacked(made).push_back(message.get_float());
                    break;
                case bytes(5): {
                    const protozero::data_view view = message.get_view();
                    add_floats(made, {view.data(), view.size()});
                    break;
                }
                case bytes(7):
                    shape = parse_shape(message.get_message());
                    break;
                case fixed64(8):
                    unpacked(made).push_back(static_cast<float>(message.get_double()));
                    break;
                case bytes(8): {
                    const protozero::data_view view = message.get_view();
                    append<double>(unpacked(made), {view.data(), view.size()});
                    break;
                }
                default:
                    message.skip();
            }
        }
        if (has_four) made.dims = four;
        if (shape) made.dims = *shape;
        return made;
    }

    void count_message() {
        if (++messages_ > kMostMessages) throw TooManyMessages{};
    }

    std::size_t messages_ = 0;
};

}  // namespace

Result<Weights> parse_weights(std::string_view file) {
    if (file.empty()) return Error(Code::model, "the file is empty, expected a Caffe model");
    try {
        return Parser().run(file);
    } catch (const protozero::end_of_buffer_exception&) {
        return Error(Code::model, "the file is truncated or no Caffe model: a field reaches beyond its message's end");
    } catch (const protozero::exception& exception) {
        return Error(Code::model, std::string("the file is damaged or no Caffe model: ") + exception.what());
    } catch (const TooManyMessages&) {
        return Error(Code::model,
                     "the file holds more than " + std::to_string(kMostMessages) + " layers and blobs, which no real network does");
    }
}

Buffer values_of(const Blob& blob, const std::shared_ptr<const void>& owner) {
    if (blob.packed.empty()) return make_buffer(blob.values);
    if (reinterpret_cast<std::uintptr_t>(blob.packed.data()) % alignof(float) == 0)
        return {owner, reinterpret_cast<const std::byte*>(blob.packed.data()), blob.packed.size()};
    std::vector<float> copy(blob.packed.size() / sizeof(float));
    std::memcpy(copy.data(), blob.packed.data(), blob.packed.size());
    return make_buffer(std::move(copy));
}

}  // namespace octavo::caffe
