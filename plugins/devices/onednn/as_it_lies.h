// Values as they lie: row by row, or as Form::real and Form::whole have them, of pictures channels-last. What operators need that compute
// them either way: the order of axes, reading, writing, and sharing among threads.
#pragma once

#include "steps.h"

#include "ops/support.h"

namespace octavo::onednn {

// Of a tensor of rank 4, or in rows of any.
ops::Shape axes_as_they_lie(std::size_t rank, bool in_rows);
ops::Shape as_it_lies(const ops::Shape& shape, bool in_rows);
// Of values that are given row by row.
std::vector<float> as_it_lies(const float* values, const ops::Shape& shape, bool in_rows);

inline BufferId read_as(Builder& builder, std::int32_t tensor, bool in_rows) {
    return in_rows ? builder.read_rows(tensor) : builder.read(tensor, Form::real);
}

// Codes for everybody.
inline BufferId read_codes_as(Builder& builder, std::int32_t tensor, bool in_rows) {
    return in_rows ? builder.read_codes_in_rows(tensor) : builder.read(tensor, Form::whole);
}
inline void set_codes_as(Builder& builder, std::int32_t tensor, BufferId buffer, bool in_rows) {
    in_rows ? builder.set_codes_in_rows(tensor, buffer) : builder.set(tensor, Form::whole, buffer);
}

// Adds a step that writes the node's only output so.
template <class T>
void add_as(Builder& builder, std::unique_ptr<T> step, const ops::NodeView& node, octavo_precision precision, const char* implementation,
            bool in_rows) {
    const BufferId to = builder.add_buffer(byte_count(node.output(0)) + 64);
    step->writes = {to};
    builder.add(std::move(step), node, precision, implementation);
    in_rows ? builder.finish_from_rows(node.output_id(0), to) : builder.finish_from_real(node.output_id(0), to);
}

// How many of so many values each repay a task.
inline std::int64_t piece_of(std::int64_t values) {
    constexpr std::int64_t kValues = 8192;
    return std::max<std::int64_t>(1, kValues / values);
}
// Calls body(first, last, thread) for such pieces of 0..count.
template <class Body>
void share_pieces(Team& team, std::int64_t count, std::int64_t values, const Body& body) {
    const std::int64_t grain = piece_of(values);
    team.share((count + grain - 1) / grain,
               [&](std::int64_t piece, int thread) { body(piece * grain, std::min(count, (piece + 1) * grain), thread); });
}

}  // namespace octavo::onednn
