// The report as JSON and as a table.
#include "core/report/report.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>

using namespace octavo;

namespace {

Report sample() {
    Report report;
    report.accuracy = ReportAccuracy{"accuracy", 200, {{"top1", "%", 80.5, 80.0, true, true}, {"top5", "%", 95, 95.5, false, true}}, 3, 2};
    report.changed = 7;
    report.calibration_images = 30;
    report.validation_images = 200;
    report.snr_db = 24.12345;
    report.fidelity = {{"prob", 24.12345}};
    report.latency_fp32 = {10, 12};
    report.latency_int8 = {4, 5};
    report.memory_fp32_bytes = 20'000'000;
    report.memory_int8_bytes = 5'000'000;
    report.memory_peak_bytes = 90'000'000;
    report.operators = {{"conv1", "Conv", "int8", "default", 300},
                        {"conv2", "Conv", "fp32", "kept by accuracy", 100},
                        {"prob", "Softmax", "fp32", "no int8 kernel", 0}};
    report.algorithm = {"percentile", "bias_correction"};
    report.objective = "int8";
    report.isa = "avx2";
    report.files = {"run/model.qdq.onnx", "run/report.json"};
    report.config_json = R"({"model": "m.onnx"})";
    report.seconds.total = 1.5;
    return report;
}

// Of a detector, whose images have no score of their own.
Report detector() {
    Report report = sample();
    report.changed.reset();
    report.accuracy = ReportAccuracy{"mean_average_precision",
                                     200,
                                     {{"map_voc", "%", 70.25, 69.5, true, true},
                                      {"map_tool2018", "%", 70.25, 92.6667, false, true, "", "1 class without objects: counted as 0"},
                                      {"aeroplane", "%", 80.5, 80, false, true, "average precision, voc"},
                                      {"dog", "%", 60, 0, false, true, "average precision, voc", "int8: no detection: counts as 0"},
                                      {"aeroplane", "%", 80.5, 80, false, true, "average precision, tool2018"}},
                                     {},
                                     {}};
    return report;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(json_holds_every_field_that_other_tools_read) {
    const boost::json::value root = boost::json::parse(report_json(sample()));
    const auto at = [&](const char* pointer) { return root.at_pointer(pointer); };
    BOOST_TEST(at("/accuracy/metric").as_string() == "accuracy");
    BOOST_TEST(at("/accuracy/images").as_int64() == 200);
    BOOST_TEST(at("/accuracy/fp32/top1").to_number<double>() == 80.5);
    BOOST_TEST(at("/accuracy/int8/top5").to_number<double>() == 95.5);
    BOOST_TEST(at("/accuracy/drop/top1").to_number<double>() == 0.5);
    BOOST_TEST(at("/accuracy/drop/top5").to_number<double>() == -0.5);
    BOOST_TEST(at("/accuracy/right_to_wrong").as_int64() == 3);
    BOOST_TEST(at("/accuracy/wrong_to_right").as_int64() == 2);
    BOOST_TEST(at("/accuracy/changed").as_int64() == 7);
    BOOST_TEST(at("/fidelity/snr_db").to_number<double>() == 24.123);
    BOOST_TEST(at("/fidelity/outputs/0/name").as_string() == "prob");
    BOOST_TEST(at("/latency_ms/fp32/median").to_number<double>() == 10);
    BOOST_TEST(at("/latency_ms/int8/p90").to_number<double>() == 5);
    BOOST_TEST(at("/memory_mb/fp32").to_number<double>() == 20);
    BOOST_TEST(at("/memory_mb/peak").to_number<double>() == 90);
    BOOST_TEST(at("/int8_share/operators").to_number<double>() == 0.333333);
    BOOST_TEST(at("/int8_share/multiply_adds").to_number<double>() == 0.75);
    BOOST_TEST(at("/operators/1/reason").as_string() == "kept by accuracy");
    BOOST_TEST(at("/operators/0/multiply_adds").as_int64() == 300);
    BOOST_TEST(at("/target/status").as_string() == "none");
    BOOST_TEST(at("/target/max_drop").is_null());
    BOOST_TEST(at("/plan/algorithm/1").as_string() == "bias_correction");
    BOOST_TEST(at("/plan/isa").as_string() == "avx2");
    BOOST_TEST(at("/seconds/total").to_number<double>() == 1.5);
    BOOST_TEST(at("/files/0").as_string() == "run/model.qdq.onnx");
    BOOST_TEST(at("/config/model").as_string() == "m.onnx");
    for (const char* key : {"load", "calibrate", "evaluate", "search", "export"})
        BOOST_TEST(at("/seconds").as_object().contains(key), key << " is missing");
    for (const char* key : {"version", "cpu", "isa", "threads"})
        BOOST_TEST(at("/environment").as_object().contains(key), key << " is missing");
}

BOOST_AUTO_TEST_CASE(a_ratio_without_error_is_null) {
    Report report = sample();
    report.snr_db = std::numeric_limits<double>::infinity();
    BOOST_TEST(boost::json::parse(report_json(report)).at_pointer("/fidelity/snr_db").is_null());
}

BOOST_AUTO_TEST_CASE(without_a_metric_there_is_no_accuracy) {
    Report report = sample();
    report.accuracy.reset();
    BOOST_TEST(!boost::json::parse(report_json(report)).as_object().contains("accuracy"));
    BOOST_TEST(report_table(report).find("top1") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_table_says_what_a_person_asks) {
    BOOST_TEST(report_table(sample()) ==
               "\n"
               "              fp32   int8  difference\n"
               "top1, %      80.50  80.00       -0.50\n"
               "top5, %      95.00  95.50       +0.50\n"
               "latency, ms  10.00   4.00       2.50x\n"
               "memory, MB    20.0    5.0       4.00x\n"
               "\n"
               "7 of 200 answers changed, 3 right to wrong, 2 wrong to right; outputs 24.1 dB above the error\n"
               "operators: 2 fp32, 1 int8, 75.0 % of the multiply-adds in int8\n"
               "  1 Conv: kept by accuracy\n"
               "  1 Softmax: no int8 kernel\n"
               "files:\n"
               "  run/model.qdq.onnx\n"
               "  run/report.json\n");
}

BOOST_AUTO_TEST_CASE(the_noise_of_an_operator_names_the_channel_that_it_hurts_most) {
    Report report = sample();
    report.operators[0].noise = ReportNoise{3.6, 2};
    report.operators[1].noise.reset();
    const boost::json::value root = boost::json::parse(report_json(report));
    BOOST_TEST(root.at_pointer("/operators/0/noise_percent").as_double() == 3.6);
    BOOST_TEST(root.at_pointer("/operators/0/noise_channel").as_int64() == 2);
    BOOST_TEST(root.at_pointer("/operators/1/noise_percent").is_null());
}

BOOST_AUTO_TEST_CASE(images_that_are_not_as_they_should_be_are_counted_and_listed) {
    Report report = sample();
    report.unreadable = {{"4", "a.jpg: truncated"}};
    report.noted = {{"b", "1 box clipped"}, {"c", "2 boxes left out"}};
    BOOST_TEST(report_table(report).find("\ndata: 2 of 200 images with notes\n") != std::string::npos);
    const boost::json::value root = boost::json::parse(report_json(report));
    BOOST_TEST(root.at_pointer("/unreadable_images/0/reason").as_string() == "a.jpg: truncated");
    BOOST_TEST(root.at_pointer("/noted_images/1/id").as_string() == "c");
    BOOST_TEST(root.at_pointer("/noted_images/1/note").as_string() == "2 boxes left out");
}

BOOST_AUTO_TEST_CASE(figures_of_a_group_are_a_table_of_their_own) {
    const std::string text = report_table(detector());
    const std::string expected =
        "\n"
        "                  fp32   int8  difference\n"
        "map_voc, %       70.25  69.50       -0.75\n"
        "map_tool2018, %  70.25  92.67      +22.42  1 class without objects: counted as 0\n"
        "latency, ms      10.00   4.00       2.50x\n"
        "memory, MB        20.0    5.0       4.00x\n"
        "\n"
        "average precision, voc, %   fp32   int8  difference\n"
        "aeroplane                  80.50  80.00       -0.50\n"
        "dog                        60.00   0.00      -60.00  int8: no detection: counts as 0\n"
        "\n"
        "average precision, tool2018, %   fp32   int8  difference\n"
        "aeroplane                       80.50  80.00       -0.50\n"
        "\n"
        "outputs 24.1 dB above the error\n";
    BOOST_TEST(text.substr(0, expected.size()) == expected);

    const boost::json::value root = boost::json::parse(report_json(detector()));
    BOOST_TEST(root.at_pointer("/accuracy/fp32").as_object().size() == 2U);
    BOOST_TEST(root.at_pointer("/accuracy/notes/map_tool2018").as_string() == "1 class without objects: counted as 0");
    const boost::json::value& dog = root.at_pointer("/accuracy/tables/average precision, voc/1");
    BOOST_TEST(boost::json::serialize(dog) == R"({"name":"dog","fp32":60,"int8":0,"drop":60,"note":"int8: no detection: counts as 0"})");
    BOOST_TEST(root.at_pointer("/accuracy/tables").as_object().size() == 2U);
    BOOST_TEST(!boost::json::parse(report_json(sample())).at("accuracy").as_object().contains("tables"));
}

BOOST_AUTO_TEST_CASE(without_scores_of_images_none_turns_right_or_wrong) {
    const boost::json::value root = boost::json::parse(report_json(detector()));
    BOOST_TEST(root.at_pointer("/accuracy/right_to_wrong").is_null());
    BOOST_TEST(root.at_pointer("/accuracy/wrong_to_right").is_null());
}

BOOST_AUTO_TEST_CASE(multiply_adds_count_what_is_multiplied_with_weights) {
    Graph graph;
    const auto tensor = [&](const char* name, Shape shape) { return graph.add_tensor({name, OCTAVO_F32, std::move(shape), {}}); };
    const TensorId image = tensor("image", {1, 8, 10, 10}), weight = tensor("w", {16, 4, 3, 3}), conv = tensor("conv", {1, 16, 5, 5});
    const TensorId flat = tensor("flat", {1, 400}), matrix = tensor("m", {400, 10}), turned = tensor("t", {10, 400}),
                   out = tensor("out", {1, 10});
    BOOST_TEST(multiply_adds(graph, {"c", "Conv", {image, weight}, {conv}, {}, {}}) == 16 * 5 * 5 * 4 * 3 * 3);
    BOOST_TEST(multiply_adds(graph, {"g", "Gemm", {flat, matrix}, {out}, {}, {}}) == 4000);
    BOOST_TEST(multiply_adds(graph, {"g", "Gemm", {flat, turned}, {out}, {{"transB", std::int64_t{1}}}, {}}) == 4000);
    BOOST_TEST(multiply_adds(graph, {"a", "Add", {image, image}, {image}, {}, {}}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
