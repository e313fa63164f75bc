#pragma once
// Says what native actors pay in gas for their code. The instructions of native code cannot be counted, so a native
// actor pays what the official one was measured to pay: an amount for a call of a method, and amounts for what the call
// does. These numbers are not consensus with other programs; on networks with native actors every node charges them
// (docs/known_gaps.md says how near they are to the official gas).
#include <cstdint>
#include <span>

#include <strata/vm/kernel.hpp>

namespace strata::actors {

struct CodeCost {
    vm::ActorType actor{};
    MethodNumber method = 0;
    std::uint64_t call = 0;          // in gas: the memory of the instance, and the code that always runs
    std::uint64_t host_call = 0;     // in gas: for each syscall
    std::uint64_t byte_read = 0;     // in milligas: of blocks, parameters and answers
    std::uint64_t byte_written = 0;  // in milligas: of blocks, parameters and answers
};

/// Returns the rows of an actor; none if it was never measured. The first is for every method without a row; the others
/// are sorted by method. Versions 17 and 18 have the same costs.
std::span<const CodeCost> code_costs(vm::ActorType type);
/// Returns the row of a method. If there are no rows at all, as in tests, code costs nothing.
const CodeCost& cost_of(std::span<const CodeCost> costs, MethodNumber method);

}  // namespace strata::actors
