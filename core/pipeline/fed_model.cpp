// A plan is checked against the model that it was made for. What is put in front of an input leaves every tensor behind it as it was, and
// weights too, so that of the plan only the name of the input's grid changes; and no grid depends on a shape.
#include "core/pipeline/fed_model.h"

#include "core/base/text.h"
#include "core/formats/grids/grids.h"
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"

#include <algorithm>

namespace octavo {
namespace {

// The shapes by name, as the reader wants them for what the file leaves open.
Result<InputValues> open_dimensions(const FeedRequest& request) {
    InputValues given;
    for (const auto& [name, shape] : request.shapes) given[name].shape = shape;
    const auto only = given.extract("");
    if (!only) return given;
    OCTAVO_TRY(const Border border, read_border(request.model));
    if (border.inputs.size() == 1) given[border.inputs[0].name] = only.mapped();
    return given;
}

Result<Graph> read_reshaped(const FeedRequest& request) {
    OCTAVO_TRY(const InputValues given, open_dimensions(request));
    OCTAVO_TRY(Graph graph, read_model(request.model, given));
    if (const Result<void> set = set_input_shapes(graph, request.shapes); !set) return set.error().within(request.model);
    return graph;
}

// What devices need of a model as it stands in its file: shapes.
Result<Graph> plainly(Graph graph) {
    OCTAVO_TRY(const Grids taken, take_grids(graph));
    OCTAVO_CHECK_OK(fold_constants(graph));
    OCTAVO_CHECK_OK(free_batch(graph));
    OCTAVO_CHECK_OK(remove_dead(graph));
    return with_batch(graph, own_batch(graph));
}

// As it was given: "data=N,3,320,320".
std::string option_text(const InputShapes& shapes) {
    std::vector<std::string> texts;
    for (const auto& [name, shape] : shapes) {
        std::vector<std::string> sizes;
        for (const std::int64_t size : shape) sizes.push_back(size < 0 ? "N" : std::to_string(size));
        texts.push_back((name.empty() ? "" : name + "=") + join(sizes, ","));
    }
    return "--input-shape " + join(texts, ";");
}

Error misfit(const FeedRequest& request, const Error& error) {
    return Error(Code::config, request.model + ": " + option_text(request.shapes) + ": " + error.message() +
                                   "; the model holds numbers that belong to its own input shape: export it for this one");
}

// What was read, with its shapes inferred; where other sizes were asked for, they must suit all operators.
Result<Graph> original_of(const FeedRequest& request, const Graph& read) {
    Result<Graph> plain = plainly(read);
    if (!plain) return request.shapes.empty() ? plain.error().within(request.model) : misfit(request, plain.error());
    if (request.shapes.empty()) return plain;
    Result<Graph> own = read_model(request.model);
    if (own) own = plainly(std::move(*own));
    if (!own) return plain;  // its file leaves open what was given
    if (const Result<void> stays = check_batch_stays(*own, *plain); !stays) return misfit(request, stays.error());
    return plain;
}

Result<void> check_free_batch(const FeedRequest& request, const Graph& graph) {
    for (const auto& [name, shape] : request.shapes) {
        OCTAVO_TRY(const std::size_t place, find_input(graph, "--input-shape", name));
        const Tensor& input = graph[graph.inputs[place]];
        if (shape.empty() || shape[0] >= 0 || input.free_batch) continue;
        return Error(Code::config, request.model + ": " + option_text(request.shapes) + ": found a free batch for input '" + input.name +
                                       "', expected " + std::to_string(input.shape[0]) + ", at which operators fix it");
    }
    return {};
}

Result<std::optional<Plan>> plan_of(const FeedRequest& request, const Model& reshaped) {
    if (!request.plan) return reshaped.own_plan;
    if (*request.plan == "none") return std::optional<Plan>();
    OCTAVO_TRY(Plan plan, load_plan(*request.plan));
    const auto check = [&](const Model& model) -> Result<void> {
        const Result<void> fits = check_plan(plan, model.executed);
        return fits ? fits : fits.error().within(*request.plan);
    };
    if (request.shapes.empty()) {
        OCTAVO_CHECK_OK(check(reshaped));
    } else {
        OCTAVO_TRY(const Model as_read, load_model(request.model));
        OCTAVO_CHECK_OK(check(as_read));
    }
    return std::optional<Plan>(std::move(plan));
}

// Grids of the inputs belong to what their readers read now. Where a model begins with a normalization of its own, that is now a part of
// the one in front of it, which is in floating point and needs no grid between the two.
Result<Plan> carried_over(Plan plan, const FeedRequest& request, const Graph& executed, std::span<const std::string> read) {
    for (std::size_t i = 0; i < read.size(); ++i) {
        auto grid = plan.tensors.extract(executed[executed.inputs[i]].name);
        if (!grid) continue;
        grid.key() = read[i];
        if (find_tensor(executed, read[i]) != TensorId::none) plan.tensors.insert(std::move(grid));
    }
    for (const Node& node : executed.nodes)
        for (const std::string& part : node.parts) plan.operators.erase(part);
    plan.graph_structure = executed.imported.structure;
    plan.graph_constants = executed.imported.constants;
    const Result<void> fits = check_plan(plan, executed);
    if (fits) return plan;
    return Error(Code::config, (request.plan ? *request.plan : request.model) + ": cannot be carried over to the changed model: " +
                                   fits.error().message() + "; convert the model first and calibrate what comes out");
}

}  // namespace

Result<FedModel> load_fed_model(const FeedRequest& request) {
    FedModel fed;
    OCTAVO_TRY(Graph reshaped, read_reshaped(request));
    OCTAVO_TRY(fed.original, original_of(request, reshaped));
    fed.says_free = has_free_batch(reshaped);
    Graph graph = reshaped;
    OCTAVO_TRY(fed.model, load_model_of(request.model, std::move(reshaped)));
    OCTAVO_CHECK_OK(check_free_batch(request, fed.model.calibration));
    OCTAVO_TRY(fed.plan, plan_of(request, fed.model));
    if (request.shapes.empty() && request.feeding.empty()) return fed;

    if (const Result<Grids> taken = take_grids(graph); !taken) return taken.error().within(request.model);
    Result<std::vector<InputFeed>> feeds = input_feeds(graph, request.feeding);
    if (!feeds) return feeds.error().within(request.model);
    fed.feeds = std::move(*feeds);
    const std::vector<std::string> read = feed_inputs(graph, fed.feeds, fed.plan ? Weights::stay : Weights::may_change);
    OCTAVO_TRY(fed.model, load_model_of(request.model, std::move(graph), fed.model.weights));
    if (!fed.plan) return fed;
    OCTAVO_TRY(fed.plan, carried_over(std::move(*fed.plan), request, fed.model.executed, read));
    return fed;
}

}  // namespace octavo
