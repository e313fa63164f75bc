#pragma once
// Runs a contract's code. Source: builtin-actors actors/evm/src/interpreter/execution.rs.
#include <strata/actors/evm/bytecode.hpp>
#include <strata/actors/evm/frame.hpp>
#include <strata/actors/evm/system.hpp>

namespace strata::actors::evm {

struct Output {
    bool reverted = false;
    Bytes data;
    std::size_t pc = 0;  // where the code ended
};

/// Exits with the codes of exits.hpp for code that breaks the rules. A revert is an Output.
ActorResult<Output> execute(System& system, Frame& frame, const Bytecode& bytecode);

/// Replaces the operands of a computation (Op::add to Op::clz) on the stack with its result. The stack holds them.
void compute(Op op, Stack& stack, Meter& meter);

}  // namespace strata::actors::evm
