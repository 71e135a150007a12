// NumPy files: what is written is read back, and what is damaged is refused.
#include "core/pipeline/npy.h"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace octavo;

namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

// A file as NumPy writes it, with this dictionary and data.
std::vector<std::byte> file(const std::string& dictionary, const std::string& data) {
    std::string text("\x93NUMPY\x01\x00", 8);
    text += static_cast<char>(dictionary.size());
    text += '\0';
    return bytes_of(text + dictionary + data);
}

std::string fault(const std::vector<std::byte>& bytes) {
    const Result<Array> array = parse_npy(bytes, "x.npy");
    BOOST_REQUIRE(!array);
    BOOST_TEST(static_cast<int>(array.error().code()) == 4);
    return array.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(npy)

BOOST_AUTO_TEST_CASE(arrays_of_every_rank_and_type_come_back) {
    const std::vector<std::vector<std::int64_t>> shapes = {{}, {5}, {0, 3}, {2, 3}, {1, 2, 3, 4}};
    const std::pair<octavo_type, std::size_t> types[] = {{OCTAVO_F32, 4}, {OCTAVO_S64, 8}, {OCTAVO_S32, 4},
                                                         {OCTAVO_U8, 1},  {OCTAVO_S8, 1},  {OCTAVO_BOOLEAN, 1}};
    for (const auto& shape : shapes)
        for (const auto& [type, size] : types) {
            std::size_t count = 1;
            for (const std::int64_t side : shape) count *= static_cast<std::size_t>(side);
            std::vector<std::byte> data(count * size);
            for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 7 + 1);
            const std::vector<std::byte> written = npy_bytes(type, shape, data);
            BOOST_TEST((written.size() - data.size()) % 64 == 0U);
            const Result<Array> array = parse_npy(written, "x.npy");
            BOOST_REQUIRE(array);
            BOOST_TEST((array->type == type));
            BOOST_TEST(array->shape == shape, boost::test_tools::per_element());
            BOOST_TEST((array->bytes == data));
        }
}

BOOST_AUTO_TEST_CASE(the_header_is_the_one_that_numpy_writes) {
    const std::vector<std::byte> written = npy_bytes(OCTAVO_F32, std::vector<std::int64_t>{2, 1}, std::vector<std::byte>(8));
    const std::string text(reinterpret_cast<const char*>(written.data()), 128);
    std::string expected("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", 10 + 59);
    expected.resize(127, ' ');
    BOOST_TEST(text == expected + "\n");
}

BOOST_AUTO_TEST_CASE(doubles_become_floats) {
    const double values[] = {0.5, -2};
    std::string data(16, '\0');
    std::memcpy(data.data(), values, 16);
    const Result<Array> array = parse_npy(file("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", data), "x.npy");
    BOOST_REQUIRE(array);
    float read[2];
    BOOST_REQUIRE_EQUAL(array->bytes.size(), 8U);
    std::memcpy(read, array->bytes.data(), 8);
    BOOST_TEST(read[0] == 0.5F);
    BOOST_TEST(read[1] == -2.0F);
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_refused_before_memory_is_taken) {
    const std::string start = "x.npy: not a usable .npy file: ";
    BOOST_TEST(fault(bytes_of("no numpy file at all")) == start + "the first bytes are not those of NumPy");
    BOOST_TEST(fault({}) == start + "the first bytes are not those of NumPy");
    BOOST_TEST(fault(file("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "abcd")) ==
               start + "found type >f4, expected f2, f4, f8, i4, i8, u1, i1 or b1");
    BOOST_TEST(fault(file("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "abcd")) ==
               start + "found Fortran order, expected C order");
    BOOST_TEST(fault(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "abcd")) ==
               start + "found 4 bytes of data, expected 8");
    for (const char* shape : {"(99999999999999999999,)", "(1000000,1000000,1000000)", "(-1,)", "(1", "1", "(1,1,1,1,1,1,1,1,1)"})
        BOOST_TEST(fault(file("{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string(shape), "abcd")) ==
                   start + "the shape cannot be read");
    const std::vector<std::byte> whole = npy_bytes(OCTAVO_F32, std::vector<std::int64_t>{3}, std::vector<std::byte>(12));
    for (std::size_t length = 0; length < whole.size(); ++length) BOOST_TEST(!parse_npy(std::span(whole).first(length), "x.npy"));
}

BOOST_AUTO_TEST_SUITE_END()
