// The names that are ignored are found once; the predicate looks them up.
#include "core/pipeline/ignore.h"

#include "core/base/text.h"
#include "core/plugins/findings.h"

#include <algorithm>
#include <memory>
#include <regex>
#include <set>

namespace octavo {
namespace {

std::vector<std::string> names_of(const Node& node) {
    std::vector<std::string> names = node.parts;
    names.push_back(node.name);
    return names;
}

// Each entry against each node; entries that match nothing are findings.
class Matcher {
public:
    Matcher(const Graph& graph, std::set<std::string>& ignored, std::vector<Finding>& findings)
        : graph_(graph), ignored_(ignored), findings_(findings) {}

    template <class Matches>
    void match(const char* list, const std::vector<std::string>& entries, const char* expected, const std::vector<std::string>& known,
               Matches&& matches) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            bool found = false;
            for (const Node& node : graph_.nodes) {
                if (!matches(node, entries[i])) continue;
                found = true;
                ignored_.insert(node.name);
            }
            const std::string place = std::string("/ignore/") + list + "/" + std::to_string(i);
            if (!found)
                findings_.push_back({FindingCode::impossible_value, place, "\"" + entries[i] + "\"", expected, nearest(entries[i], known)});
        }
    }

private:
    const Graph& graph_;
    std::set<std::string>& ignored_;
    std::vector<Finding>& findings_;
};

}  // namespace

Result<IsIgnored> resolve_ignore(const Config& config, const Graph& graph) {
    std::vector<std::string> names;
    std::set<std::string> types;
    for (const Node& node : graph.nodes) {
        for (std::string& name : names_of(node)) names.push_back(std::move(name));
        types.insert(node.op);
    }
    const auto any_name = [](const Node& node, auto&& is_it) {
        const std::vector<std::string> own = names_of(node);
        return std::any_of(own.begin(), own.end(), is_it);
    };
    auto ignored = std::make_shared<std::set<std::string>>();
    std::vector<Finding> findings;
    Matcher matcher(graph, *ignored, findings);
    matcher.match(
        "names", config.ignore.names, "the name of an operator of the model", names,
        [&](const Node& node, const std::string& entry) { return any_name(node, [&](const std::string& name) { return name == entry; }); });
    matcher.match("patterns", config.ignore.patterns, "a pattern that some operator's whole name fits", {},
                  [&](const Node& node, const std::string& entry) {
                      const std::regex pattern(entry);
                      return any_name(node, [&](const std::string& name) { return std::regex_match(name, pattern); });
                  });
    const std::vector<std::string> known(types.begin(), types.end());
    matcher.match("operators", config.ignore.operators, ("an operator of the model: " + join(known, ", ")).c_str(), known,
                  [](const Node& node, const std::string& entry) { return node.op == entry; });
    if (!findings.empty()) return findings_error(config.source, findings);
    return IsIgnored([ignored](const Node& node) { return ignored->contains(node.name); });
}

}  // namespace octavo
