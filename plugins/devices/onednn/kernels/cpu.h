// The instruction set that kernels may use on this CPU, in rising order; from avx2_vnni on, u8 x s8 products are summed exactly.
#pragma once

#include <algorithm>

namespace octavo::onednn {

enum class Isa { sse41, avx2, avx512, avx2_vnni, avx512_vnni, amx };

bool has_sse41();  // the least that there are kernels for, oneDNN's too
Isa cpu_isa();
const char* isa_name(Isa isa);
inline bool has_vnni(Isa isa) {
    return isa >= Isa::avx2_vnni;
}
bool has_amx_bf16();

}  // namespace octavo::onednn
