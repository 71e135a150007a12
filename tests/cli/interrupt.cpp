// Ctrl-C at a known line of the program's stderr, in a process of its own.
#include "tests/support/folder.h"
#include "tests/support/golden.h"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <vector>

namespace fs = std::filesystem;
using octavo::testing::Folder;

namespace {

struct Interrupted {
    bool was_seen = false;  // the line
    int code = -1;
    std::string err;
};

// Calibrates the quickstart on the slow device, and sends the signals as soon as a line of stderr starts with `line`. Batches are so large
// (a fifth of a second) that signals sent one behind the other both come before the end of one.
Interrupted interrupt_at(const std::string& line, const std::vector<int>& signals, const std::string& output) {
    const std::string program = std::string(OCTAVO_BINARY_DIR) + "/bin/octavo";
    const std::string config = std::string(OCTAVO_SOURCE_DIR) + "/configs/quickstart/classify.json";
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(program.c_str(), "octavo", "calibrate", config.c_str(), "--device", "reference", "--batch", "32", "--output", output.c_str(),
              nullptr);
        _exit(127);
    }
    close(ends[1]);
    Interrupted result;
    std::string current;
    for (char c = 0; read(ends[0], &c, 1) == 1;) {
        result.err += c;
        current += c;
        if (c != '\n') continue;
        if (!result.was_seen && current.starts_with(line)) {
            result.was_seen = true;
            for (const int signal : signals) kill(child, signal);
        }
        current.clear();
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupts)

BOOST_AUTO_TEST_CASE(without_a_plan_nothing_is_written) {
    const Folder folder;
    const Interrupted run = interrupt_at("calibrate: ", {SIGINT}, folder / "run");
    BOOST_TEST(run.was_seen, run.err);
    BOOST_TEST(run.code == 130, run.err);
    BOOST_TEST(run.err.ends_with("octavo: error: interrupted in the stage 'calibrate': there is no plan yet, nothing was written\n"),
               run.err);
    BOOST_TEST(!fs::exists(folder / "run"));
}

// Two signals of one number that wait together count as one, so they are of two.
BOOST_AUTO_TEST_CASE(the_second_ends_at_once) {
    const Folder folder;
    const Interrupted run = interrupt_at("calibrate: ", {SIGINT, SIGTERM}, folder / "run");
    BOOST_TEST(run.was_seen, run.err);
    BOOST_TEST(run.code == 130, run.err);
    BOOST_TEST(run.err.ends_with("octavo: stopping at the next batch; once more ends at once\n"), run.err);
    BOOST_TEST(!fs::exists(folder / "run"));
}

BOOST_AUTO_TEST_CASE(with_a_plan_it_stays_and_the_report_says_where_it_ended) {
    const Folder folder;
    const Interrupted run = interrupt_at("evaluate: ", {SIGTERM}, folder / "run");
    BOOST_TEST(run.was_seen, run.err);
    BOOST_TEST(run.code == 130, run.err);
    BOOST_TEST(run.err.ends_with("octavo: error: interrupted in the stage 'evaluate': model, plan and what is known so far are in " +
                                 (folder / "run") + "\n"),
               run.err);
    BOOST_TEST(fs::exists(folder / "run/model.qdq.onnx"));
    BOOST_TEST(fs::exists(folder / "run/plan.json"));
    const boost::json::value report = boost::json::parse(octavo::testing::file_text(folder / "run/report.json"));
    BOOST_TEST(report.at("interrupted") == "evaluate");
    BOOST_TEST(!report.as_object().contains("accuracy"));
    BOOST_TEST(report.at_pointer("/latency_ms/int8").is_null());
    BOOST_TEST(!report.at("operators").as_array().empty());
}

BOOST_AUTO_TEST_SUITE_END()
