// The instruction set that kernels may use on this CPU, in rising order; from avx2_vnni on, the CPU (and so
// oneDNN) sums u8 x s8 products exactly.
#pragma once

#include <octavo/result.h>

#include <string_view>

namespace octavo::onednn {

enum class Isa { sse41, avx2, avx512, avx2_vnni, avx512_vnni, amx };

bool has_sse41();  // the least that there are kernels for, oneDNN's too
Isa cpu_isa();
const char* isa_name(Isa isa);
inline bool has_vnni(Isa isa) {
    return isa >= Isa::avx2_vnni;
}
bool has_bf16();  // products of bf16 with sums in f32

// From now on the process runs this instruction set. Error: the CPU lacks it, or the process has chosen kernels of another one.
Result<void> cap_isa(std::string_view name);

}  // namespace octavo::onednn
