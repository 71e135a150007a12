// Letters in both operands and the result are a batch of products, those in both operands alone are summed over, all others are rows or
// columns. What several letters stand for is flattened, with sizes of 0 and -1 in targets so that the batch of the model stays free. A
// constant operand becomes the second, as weights are.
#include "core/passes/spell_einsum.h"

#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "sdk/ops/einsum.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace octavo {
namespace {

using Numbers = std::vector<std::int64_t>;

bool has(const std::string& term, char letter) {
    return term.find(letter) != term.npos;
}

struct Operand {
    TensorId tensor;
    std::string letters;
};

class Speller {
public:
    // `larger` is the graph at another batch size.
    Speller(Graph& graph, const Graph& larger, const Node& einsum) : graph_(graph), larger_(larger), einsum_(einsum) {}

    std::vector<Node> run(const ops::Equation& equation) {
        read_sizes(equation);
        Operand a = {einsum_.inputs[0], equation.operands[0]}, b = {einsum_.inputs[1], equation.operands[1]};
        a = summed(a, b.letters, equation.result);
        b = summed(b, a.letters, equation.result);
        std::string batch, inner, rows, columns;
        for (const char letter : equation.result) (!has(b.letters, letter) ? rows : !has(a.letters, letter) ? columns : batch) += letter;
        for (const char letter : a.letters)
            if (!has(equation.result, letter)) inner += letter;
        if (graph_[a.tensor].is_constant()) std::swap(a, b), std::swap(rows, columns);
        a = ordered(a, batch + rows + inner);
        b = ordered(b, batch + inner + columns);
        const bool is_plain = inner.size() == 1 && columns.size() == 1 && (rows.size() == 1 || (batch.empty() && !rows.empty()));
        if (!is_plain && !can_flatten(rows + columns, inner)) return {};
        if (!is_plain) flatten(a, b, batch, inner);
        Operand product = {add("MatMul", {a.tensor, b.tensor}), batch + rows + columns};
        if (!is_plain) product.tensor = add("Reshape", {product.tensor, target(batch, rows + columns)});
        ordered(product, equation.result);
        nodes_.back().outputs = einsum_.outputs;
        nodes_.back().name = einsum_.name;
        return std::move(nodes_);
    }

private:
    TensorId add(const char* op, std::vector<TensorId> inputs, Attributes attributes = {}) {
        const std::string name = einsum_.name + "." + op + std::to_string(nodes_.size());
        const TensorId made = graph_.add_tensor({graph_.unused_name(name), OCTAVO_F32, {}, {}, false});
        nodes_.push_back({name, op, std::move(inputs), {made}, std::move(attributes), {}});
        return made;
    }

    // Letters that stand nowhere else are summed over at once.
    Operand summed(Operand operand, const std::string& other, const std::string& result) {
        Numbers axes;
        std::string left;
        for (std::size_t k = 0; k < operand.letters.size(); ++k) {
            const char letter = operand.letters[k];
            if (has(other, letter) || has(result, letter))
                left += letter;
            else
                axes.push_back(static_cast<std::int64_t>(k));
        }
        if (axes.empty()) return operand;
        return {add("ReduceSum", {operand.tensor}, {{"axes", axes}, {"keepdims", std::int64_t{0}}}), left};
    }

    Operand ordered(const Operand& operand, const std::string& wanted) {
        if (operand.letters == wanted) return operand;
        Numbers order;
        for (const char letter : wanted) order.push_back(static_cast<std::int64_t>(operand.letters.find(letter)));
        return {add("Transpose", {operand.tensor}, {{"perm", order}}), wanted};
    }

    // A reshape can leave one size open, and none of those that are summed over.
    bool can_flatten(const std::string& outer, const std::string& inner) const {
        const auto count = [&](const std::string& letters) {
            return std::count_if(letters.begin(), letters.end(), [&](char letter) { return has(moving_, letter); });
        };
        const bool is_empty = std::any_of(sizes_.begin(), sizes_.end(), [](const auto& known) { return known.second == 0; });
        return !is_empty && count(inner) == 0 && count(outer) <= 1;
    }

    // [batch, rows, inner] and [batch, inner, columns]
    void flatten(Operand& a, Operand& b, const std::string& batch, const std::string& inner) {
        std::int64_t size = 1;
        for (const char letter : inner) size *= sizes_.at(letter);
        Numbers left(batch.size(), 0), right(batch.size(), 0);
        left.insert(left.end(), {-1, size});
        right.insert(right.end(), {size, -1});
        a.tensor = add("Reshape", {a.tensor, add_constant(graph_, einsum_.name + ".left", left)});
        b.tensor = add("Reshape", {b.tensor, add_constant(graph_, einsum_.name + ".right", right)});
    }

    // The batch as it is, then one size a letter.
    TensorId target(const std::string& batch, const std::string& letters) {
        Numbers shape(batch.size(), 0);
        for (const char letter : letters) shape.push_back(has(moving_, letter) ? -1 : sizes_.at(letter));
        return add_constant(graph_, einsum_.name + ".shape", shape);
    }

    void read_sizes(const ops::Equation& equation) {
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t k = 0; k < equation.operands[i].size(); ++k) {
                const char letter = equation.operands[i][k];
                sizes_[letter] = graph_[einsum_.inputs[i]].shape[k];
                if (larger_[einsum_.inputs[i]].shape[k] != sizes_[letter]) moving_ += letter;
            }
    }

    Graph& graph_;
    const Graph& larger_;
    const Node& einsum_;
    std::map<char, std::int64_t> sizes_;
    std::string moving_;  // letters whose size is that of the model's batch, or moves with it
    std::vector<Node> nodes_;
};

}  // namespace

Result<void> spell_einsums(Graph& graph) {
    if (std::none_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return node.op == "Einsum"; })) return {};
    OCTAVO_TRY(const Graph larger, with_batch_if_free(graph, batch_of(graph) + 1));
    std::vector<Node> nodes;
    for (const Node& node : graph.nodes) {
        std::vector<Node> parts;
        const std::optional<ops::Equation> equation = ops::parse_equation(attribute_or(node, "equation", std::string()));
        if (node.op == "Einsum" && equation && equation->operands.size() == 2 && graph[node.outputs[0]].type == OCTAVO_F32)
            parts = Speller(graph, larger, node).run(*equation);
        if (parts.empty()) parts.push_back(node);
        std::move(parts.begin(), parts.end(), std::back_inserter(nodes));
    }
    graph.nodes = std::move(nodes);
    compact(graph);
    return fold_constants(graph);  // weights that move
}

}  // namespace octavo
