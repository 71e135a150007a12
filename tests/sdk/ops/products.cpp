// Gemm and MatMul.
#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(matrix_products)

BOOST_AUTO_TEST_CASE(gemm_multiplies_and_adds) {
    Case subject("Gemm", {floats({2, 3}, {1, 2, 3, 4, 5, 6}), floats({3, 2}, {1, 0, 0, 1, 1, 1}), floats({2}, {10, 20})});
    check_shape(subject, {2, 2});
    check_values(subject.run_floats(), {14, 25, 20, 31});
}

BOOST_AUTO_TEST_CASE(gemm_transposes_either_matrix) {
    const Data a = floats({3, 2}, {1, 4, 2, 5, 3, 6});
    const Data b = floats({2, 3}, {1, 0, 1, 0, 1, 1});
    check_values(Case("Gemm", {a, b}).with("transA", 1).with("transB", 1).run_floats(), {4, 5, 10, 11});
}

BOOST_AUTO_TEST_CASE(gemm_scales_product_and_addend) {
    Case subject("Gemm", {floats({1, 1}, {3}), floats({1, 2}, {1, 2}), floats({1, 1}, {100})});
    check_values(subject.with("alpha", 2.0F).with("beta", 0.5F).run_floats(), {56, 62});
}

BOOST_AUTO_TEST_CASE(gemm_broadcasts_its_addend_down_and_across) {
    const Data a = floats({2, 1}, {1, 2});
    const Data b = floats({1, 2}, {1, 1});
    check_values(Case("Gemm", {a, b, floats({2, 1}, {10, 20})}).run_floats(), {11, 11, 22, 22});
    check_values(Case("Gemm", {a, b, floats({}, {10})}).run_floats(), {11, 11, 12, 12});
}

BOOST_AUTO_TEST_CASE(gemm_takes_rows_along_any_number_of_axes) {
    Case subject("Gemm", {floats({2, 1, 3}, {1, 2, 3, 4, 5, 6}), floats({3, 2}, {1, 0, 0, 1, 1, 1}), floats({2}, {10, 20})});
    check_shape(subject, {2, 1, 2});
    check_values(subject.run_floats(), {14, 25, 20, 31});
}

BOOST_AUTO_TEST_CASE(gemm_adds_a_residual) {
    check_values(Case("Gemm", {floats({1, 1}, {3}), floats({1, 2}, {1, 2}), absent(), floats({1, 2}, {5, 6})}).run_floats(), {8, 12});
}

BOOST_AUTO_TEST_CASE(gemm_refuses_what_does_not_fit) {
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({2, 3}), zeros({2, 3})}).error(), "Gemm 'n': matrices 2x3 and 2x3 do not multiply");
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({2, 3}), zeros({3})}).error(), "Gemm 'n': inputs are 2x3 and 3, expected two matrices");
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({2, 1, 3}), zeros({2, 3})}).error(), "Gemm 'n': matrices 2x1x3 and 2x3 do not multiply");
    for (const char* name : {"transA", "transB"})
        BOOST_CHECK_EQUAL(Case("Gemm", {zeros({2, 3, 3}), zeros({3, 3})}).with(name, 1).error(),
                          "Gemm 'n': inputs are 2x3x3 and 3x3, expected two matrices");
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({2, 3}), zeros({3, 4}), zeros({3})}).error(), "Gemm 'n': shapes 2x4 and 3 do not broadcast");
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({1, 3}), zeros({3, 4}), zeros({2, 4})}).error(),
                      "Gemm 'n': addend 2x4 does not broadcast to 1x4");
    BOOST_CHECK_EQUAL(Case("Gemm", {zeros({1, 3}), zeros({3, 4}), absent(), zeros({4})}).error(), "Gemm 'n': residual is 4, expected 1x4");
}

BOOST_AUTO_TEST_CASE(matmul_broadcasts_leading_dimensions) {
    // Two batches on the left, one on the right.
    Case subject("MatMul", {floats({2, 1, 2}, {1, 2, 3, 4}), floats({2, 2}, {1, 10, 100, 1000})});
    check_shape(subject, {2, 1, 2});
    check_values(subject.run_floats(), {201, 2010, 403, 4030});
    Case both("MatMul", {floats({2, 1, 1, 1}, {2, 3}), floats({2, 1, 1}, {5, 7})});
    check_shape(both, {2, 2, 1, 1});
    check_values(both.run_floats(), {10, 14, 15, 21});
}

BOOST_AUTO_TEST_CASE(matmul_takes_vectors_as_row_and_column) {
    const Data matrix = floats({2, 2}, {1, 2, 3, 4});
    const Data vector = floats({2}, {1, 10});
    Case left("MatMul", {vector, matrix});
    check_shape(left, {2});
    check_values(left.run_floats(), {31, 42});
    check_values(Case("MatMul", {matrix, vector}).run_floats(), {21, 43});
    Case dot("MatMul", {vector, vector});
    check_shape(dot, {});
    check_values(dot.run_floats(), {101});
}

BOOST_AUTO_TEST_CASE(matmul_refuses_what_does_not_fit) {
    BOOST_CHECK_EQUAL(Case("MatMul", {zeros({2, 3}), zeros({2, 3})}).error(), "MatMul 'n': matrices 2x3 and 2x3 do not multiply");
    BOOST_CHECK_EQUAL(Case("MatMul", {zeros({}), zeros({2, 3})}).error(), "MatMul 'n': an input is a scalar");
    BOOST_CHECK_EQUAL(Case("MatMul", {zeros({2, 1, 1}), zeros({3, 1, 1})}).error(), "MatMul 'n': shapes 2 and 3 do not broadcast");
}

BOOST_AUTO_TEST_SUITE_END()
